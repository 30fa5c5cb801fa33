/**
 * npm run bench:rehearse: labs of which it is known what breaks first and at what rate, each rehearsed by its plan: is the hop
 * named, and is the maximum that was found within 10 % of the true one?
 */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import type { Progress } from "../../runner/progress.ts";
import type { Rehearsal } from "../../runner/result/rehearsal.ts";
import { type OwnLab, ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import type { Bottleneck } from "../kit/bottlenecks/bottleneck.ts";
import { chosen } from "../kit/bottlenecks/named.ts";
import { BOTTLENECKS } from "../kit/bottlenecks/registry.ts";
import { isNear, rehearsal } from "../kit/bottlenecks/rehearsal.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { type Example, examplesOn, exampleText } from "./examples.ts";

interface Options {
  readonly only?: string;
  readonly guards: number;
  readonly lab: string;
  readonly out: string;
}

interface Row {
  readonly name: string;
  readonly hop: string;
  readonly named: string | null;
  readonly takesPerSecond: number;
  readonly held: number | null;
  readonly failed: number | null;
  readonly minutes: number;
  readonly decision: string;
  /** Whether the hop is the right one, and the true maximum within 10 % of what was found. */
  readonly ok: boolean;
}

/** Among the names of `--only`. */
const EXAMPLES = "examples";
const WITHIN = 0.1;

/** From the second in which a budget was spent, until no worker sent any more. */
const MOST_STOP_S = 2;

const options = benchCommand("bench:rehearse", "Rehearse on labs of which it is known what breaks first")
  .option(
    "--only <names>",
    `some labs only: ${BOTTLENECKS.map(({ name }) => name).join(",")}; ${EXAMPLES}: the plans that rehearse --init writes, as they are`,
  )
  .option("--guards <n>", "how often a guard is to stop a load, and how long that takes", wholeNumber, 0)
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "rehearse")
  .option("--out <file>", "where the whole result goes", join("bench-results", "rehearse.json"))
  .parse()
  .opts<Options>();

await endWith("bench:rehearse", () => main(options));

async function main({ only, guards, lab: name, out }: Options): Promise<number> {
  const names = only?.split(",");
  const bottlenecks = chosen(
    BOTTLENECKS,
    names?.filter((each) => each !== EXAMPLES),
  );
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(name);
  await mkdir(dirname(out), { recursive: true });
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const rows: Row[] = [];
  const stops: (number | null)[] = [];
  let examples: readonly Example[] = [];
  const lab = await progress.step(`Lab "${name}"`, () => ownLabUp(name, signal));
  try {
    for (const bottleneck of bottlenecks) {
      signal.throwIfAborted();
      const { row, whole } = await rehearsed(lab, bottleneck, progress, signal);
      rows.push(row);
      await writeFile(join(dirname(out), `${basename(out, ".json")}-${row.name}.json`), `${JSON.stringify(whole)}\n`);
      await writeFile(out, `${JSON.stringify({ takenAt: new Date().toISOString(), rows }, null, 2)}\n`);
    }
    for (let ran = 0; ran < guards; ran++) stops.push(await guarded(lab, progress, signal));
    if (names?.includes(EXAMPLES)) examples = await examplesOn(lab, progress, signal);
  } finally {
    await progress.step(`Lab "${name}" down`, () => ownLabDown(name));
    progress.stop();
  }
  for (const row of rows) process.stdout.write(`${rowText(row)}\n`);
  const areQuick = stops.every((stop) => stop !== null && stop <= MOST_STOP_S);
  if (stops.length > 0) {
    const seconds = stops.map((stop) => (stop === null ? "not seen" : stop.toFixed(2))).join(", ");
    process.stdout.write(`${areQuick ? "✓" : "✗"} ${stops.length} guards stopped their load after ${seconds} s\n`);
  }
  for (const each of examples) process.stdout.write(`${exampleText(each)}\n`);
  return areQuick && [...rows, ...examples].every(({ ok }) => ok) ? EXIT.passed : EXIT.gateFailed;
}

function guarded(lab: OwnLab, progress: Progress, signal: AbortSignal): Promise<number | null> {
  return progress.step("A guard stops its load", async (update) => {
    const { stages } = await rehearsal(lab, "guard", signal);
    const [breach] = stages.flatMap((each) => each.breach ?? []);
    if (!breach) throw new EnvironmentError("guard: no budget was spent");
    update(`${breach.stoppedAfterS} s`);
    return breach.stoppedAfterS;
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("give a whole number.");
}

/** With the whole of what the row was read from: a wrong one has to be understood. */
interface Rehearsed {
  readonly row: Row;
  readonly whole: Rehearsal;
}

function rehearsed(lab: OwnLab, bottleneck: Bottleneck, progress: Progress, signal: AbortSignal): Promise<Rehearsed> {
  const { name, hop, takesPerSecond, stage } = bottleneck;
  return progress.step(`${name}: ${takesPerSecond.toFixed(1)}/s by construction`, async (update) => {
    const takeAway = await stage(lab);
    try {
      const beganMs = Date.now();
      const whole = await rehearsal(lab, name, signal);
      const { breaksFirst, found, decision } = whole;
      const minutes = (Date.now() - beganMs) / 60_000;
      const isNamed = breaksFirst?.hop === hop && breaksFirst.how === "measured";
      const row = {
        ...{ name, hop, takesPerSecond, minutes, held: found.held, failed: found.failed },
        named: breaksFirst?.hop ?? null,
        decision: decision.state,
        ok: isNamed && isNear(found.held, takesPerSecond, WITHIN),
      };
      update(rowText(row));
      return { row, whole };
    } finally {
      await takeAway();
    }
  });
}

function rowText({ name, hop, named, takesPerSecond, held, failed, minutes, decision, ok }: Row): string {
  const found = `${held ?? "none"} to ${failed ?? "none"}/s`;
  return `${ok ? "✓" : "✗"} ${name}: ${named ?? "nothing"} named (${hop}), ${found} found (${takesPerSecond.toFixed(1)}), ${decision}, ${minutes.toFixed(1)} min`;
}
