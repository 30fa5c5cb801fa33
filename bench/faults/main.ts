/**
 * npm run bench:faults: what becomes of runs, of the machine and of the cluster when something breaks: the runner killed at
 * random instants, and parts of the cluster, the disk, the clock and the network. Real ones, on a lab of its own.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, release } from "node:os";
import { dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError, UsageError } from "../../runner/errors.ts";
import { withLock } from "../../runner/lab/lock.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { bench, type Plan } from "./bench.ts";
import { FAULTS } from "./faults/registry.ts";
import { useOwnState } from "./lab/own-lab.ts";
import type { Outcome } from "./report/outcome.ts";
import { tableText } from "./report/table.ts";

interface Options {
  json: boolean;
  kills: number;
  unaided: number;
  only?: string;
  seed: number;
  lab: string;
  out: string;
}

/** Beside the faults' names. */
const KILL = "kill";
const NAMES = [KILL, ...FAULTS.map(({ name }) => name)];

const options = benchCommand("bench:faults", "Break things under real runs, and look what is lost and what is left")
  .option("--json", "print the outcomes as JSON instead of the table", false)
  .option("--kills <n>", "how often the runner is killed, each time at a random instant", wholeNumber, 50)
  .option("--unaided <n>", "of the kills, how many nobody restores: the cluster has to help itself", wholeNumber, 3)
  .option("--only <names>", `some faults only: ${NAMES.join(",")}`)
  .option("--seed <n>", "decides instants, arms and victims", wholeNumber, 1)
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "faults")
  .option("--out <file>", "where the whole result goes", join("bench-results", "faults.json"))
  .parse()
  .opts<Options>();

await endWith("bench:faults", () => main(options));

async function main({ json, out, ...asked }: Options): Promise<number> {
  const plan = planOf(asked);
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(plan.lab);
  await mkdir(dirname(out), { recursive: true });
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const outcomes: Outcome[] = [];
  const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), kernel: release() };
  const about = { takenAt: new Date().toISOString(), machine, seed: plan.seed };
  const whole = () => ({ ...about, kills: killed(outcomes), outcomes });
  const keep = async (outcome: Outcome) => {
    outcomes.push(outcome);
    await writeFile(out, `${JSON.stringify(whole(), null, 2)}\n`);
  };
  // Labs share one kernel, and so one set of settings that runs change.
  const waiting = () => progress.note("waiting for another bench");
  try {
    await withLock("bench", waiting, () => bench(plan, keep, progress, signal));
  } finally {
    progress.stop();
    if (outcomes.length > 0)
      process.stdout.write(json ? `${JSON.stringify(whole())}\n` : tableText(outcomes, [`Whole: ${out}`]));
  }
  return outcomes.every(({ ok }) => ok) ? EXIT.passed : EXIT.gateFailed;
}

function planOf({ lab, seed, kills, unaided, only }: Omit<Options, "json" | "out">): Plan {
  const chosen = only === undefined ? NAMES : only.split(",").map((name) => name.trim());
  const unknown = chosen.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UsageError(`--only: no fault "${unknown}"; choose from ${NAMES.join(", ")}`);
  if (unaided > kills) throw new UsageError(`--unaided ${unaided}: there are only ${kills} kills`);
  const isKilling = chosen.includes(KILL);
  return {
    ...{ lab, seed, kills: isKilling ? kills : 0, unaided: isKilling ? unaided : 0 },
    faults: FAULTS.filter(({ name }) => chosen.includes(name)),
  };
}

function killed(outcomes: readonly Outcome[]) {
  const all = outcomes.filter(({ fault }) => fault.startsWith(KILL));
  const unaidedSeconds = all.flatMap(({ healedSeconds }) => (healedSeconds === null ? [] : [healedSeconds]));
  return { tried: all.length, asTheyHaveToBe: all.filter(({ ok }) => ok).length, unaidedSeconds };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 10_000)
    throw new InvalidArgumentError("give a whole number from 0 up.");
  return value;
}
