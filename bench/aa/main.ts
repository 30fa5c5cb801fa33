/**
 * npm run bench:aa: real runs whose arms are the same, on a lab of its own. Whatever difference is claimed is false. Each run is
 * appended to a file when it ends, and what is there already counts: a bench that was cut short, or is asked for more, goes on.
 */

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError, UsageError } from "../../runner/errors.ts";
import { withLock } from "../../runner/lab/lock.ts";
import type { Progress } from "../../runner/progress.ts";
import { ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { append, linesIn } from "./line.ts";
import { counting, type Next, nextOf, type Wanted } from "./next.ts";
import { aaRun } from "./run.ts";
import { claimsDifference, tableText } from "./table.ts";

interface Options {
  readonly runs: number;
  readonly hog: boolean;
  readonly only?: string;
  readonly lab: string;
  readonly out: string;
}

/** As `npm start` has them. */
const NAMES = ["connection-flood", "rolling-update", "dns-storm"] as const;
/** A lab on which runs fail one after the other is no lab any more. */
const MOST_FAILURES = 3;

const options = benchCommand("bench:aa", "Real runs of arms that are the same: what difference is claimed?")
  .option("--runs <n>", "in all, with those that the file has already; suites take turns", wholeNumber, 20)
  .option("--hog", "every second run has a neighbour that fills one core (stress-ng)", false)
  .option("--only <suite>", `one suite only: ${NAMES.join(", ")}`)
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "aa")
  .option("--out <file>", "to which each run is appended, as a line of JSON", join("bench-results", "aa.jsonl"))
  .parse()
  .opts<Options>();

await endWith("bench:aa", () => main(options));

async function main({ runs, hog, only, lab, out }: Options): Promise<number> {
  if (only !== undefined && !NAMES.some((name) => name === only))
    throw new UsageError(`--only ${only}: choose from ${NAMES.join(", ")}`);
  const wanted: Wanted = { suites: only === undefined ? NAMES : [only], runs, hog };
  await mkdir(dirname(out), { recursive: true });
  if (nextOf(await linesIn(out), wanted) !== null) await runMissing(wanted, lab, out);
  const lines = await linesIn(out);
  const there = counting(lines, wanted);
  process.stdout.write(tableText(lines.filter(({ suite }) => wanted.suites.includes(suite))));
  const isWhole = there.length >= runs;
  if (there.some(claimsDifference)) return EXIT.gateFailed;
  return isWhole ? EXIT.passed : EXIT.inconclusive;
}

async function runMissing(wanted: Wanted, lab: string, out: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(lab);
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  // Labs share one kernel, and so its noise.
  const waiting = () => progress.note("waiting for another bench");
  try {
    await withLock("bench", waiting, () => onOwnLab(wanted, lab, out, progress, signal));
  } finally {
    progress.stop();
  }
}

async function onOwnLab(wanted: Wanted, name: string, out: string, progress: Progress, signal: AbortSignal) {
  const own = await progress.step(`Lab "${name}"`, () => ownLabUp(name, signal));
  try {
    await mkdir(own.folder, { recursive: true });
    let failures = 0;
    for (let next = nextOf(await linesIn(out), wanted); next !== null; next = nextOf(await linesIn(out), wanted)) {
      const { verdict } = await oneRun(next, { lab: name, folder: own.folder }, out, progress, signal);
      failures = verdict === null ? failures + 1 : 0;
      if (failures >= MOST_FAILURES)
        throw new EnvironmentError(`${failures} runs in a row told no verdict; see ${out}`);
    }
  } finally {
    await progress.step(`Taking down lab "${name}"`, () => ownLabDown(name));
  }
}

function oneRun(next: Next, where: Parameters<typeof aaRun>[1], out: string, progress: Progress, signal: AbortSignal) {
  return progress.step(`${next.suite}${next.hog ? ", one core hogged" : ""}`, async (update) => {
    const line = await aaRun(next, where, signal);
    await append(out, line);
    update(`${line.verdict ?? line.because} in ${line.minutes} min`);
    return line;
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("give a whole number of at least 1.");
}
