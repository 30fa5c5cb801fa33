import { renderHistory } from "../../reports/history/terminal.ts";
import { writeAtomically } from "../../reports/index.ts";
import { alarms, type Group, groupsOf, tooFew } from "../analysis/history/series.ts";
import { defaultStore, openStore } from "../history/open.ts";
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
  if (groups.some((group) => alarms(group).length > 0)) return EXIT.gateFailed;
  const silent = groups.filter(tooFew);
  for (const { suite, size } of silent)
    process.stderr.write(
      `${suite}, ${size}: the last night has no value, or there are too few nights to tell a change.\n`,
    );
  return groups.length === 0 || silent.length > 0 ? EXIT.inconclusive : EXIT.passed;
}

/** No data is no pass. */
export function noStore(where: string): number {
  process.stderr.write(
    `There is no history in ${where}: compare … --store ${where} begins one, packetwalk history import adds earlier results.\n`,
  );
  return EXIT.inconclusive;
}
