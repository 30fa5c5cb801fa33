import { renderHistory } from "../../reports/history/terminal.ts";
import { writeAtomically } from "../../reports/index.ts";
import { alarms, type Group, groupsOf, standingOf, tooFew } from "../analysis/history/series.ts";
import { defaultStore, openStore } from "../history/open.ts";
import { printable } from "../printable.ts";
import { EXIT } from "./exit-codes.ts";
import { terminalOf } from "./terminal-of.ts";
import { VERSION } from "./version.ts";

interface HistoryOptions {
  readonly nights: number;
  readonly json?: boolean;
  readonly page?: string;
  readonly failOn?: "worse";
}

/** Shows a history; gives the exit code. */
export async function runHistory(where = defaultStore(), options: HistoryOptions): Promise<number> {
  const store = await openStore(where, "read");
  if (store === null) return noStore(where);
  const { name } = store;
  let groups: Group[];
  try {
    groups = groupsOf(await store.nights(), options.nights);
  } finally {
    await store.close();
  }
  const history = { packetwalk: VERSION, store: name, groups };
  process.stdout.write(
    options.json ? `${JSON.stringify(history, null, 2)}\n` : renderHistory(history, terminalOf(process.stdout)),
  );
  if (options.page !== undefined) {
    const { historyPage } = await import("../../reports/history/page.ts");
    await writeAtomically(options.page, historyPage(history));
  }
  if (groups.length === 0) return EXIT.inconclusive;
  return options.failOn === "worse" ? exitCodeOfDrift(groups) : EXIT.passed;
}

/** A change for the worse is never hidden by a suite of which too little is known; and that is no pass. */
export function exitCodeOfDrift(groups: readonly Group[]): number {
  const lastAt = Math.max(...groups.flatMap(({ nights }) => nights.map(({ at }) => Date.parse(at))));
  const standing = groups.map((group) => ({ group, standing: standingOf(group, lastAt) }));
  const ran = standing.filter((each) => each.standing === "ran").map(({ group }) => group);
  const told = [
    ...standing
      .filter((each) => each.standing === "overdue")
      .map(({ group }) => `${nameOf(group)}: no run in the last night, though one was due.`),
    ...ran
      .filter(tooFew)
      .map((group) => `${nameOf(group)}: the last night has no value, or there are too few nights to tell a change.`),
  ];
  for (const sentence of told) process.stderr.write(`${printable(sentence)}\n`);
  if (ran.some((group) => alarms(group).length > 0)) return EXIT.gateFailed;
  return ran.length === 0 || told.length > 0 ? EXIT.inconclusive : EXIT.passed;
}

function nameOf({ suite, size, arms }: Group): string {
  return `${suite}, ${size}, ${arms.join(" against ")}`;
}

/** No data is no pass. */
export function noStore(where: string): number {
  process.stderr.write(
    `There is no history in ${where}: compare … --store ${where} begins one, packetwalk history import adds earlier results.\n`,
  );
  return EXIT.inconclusive;
}
