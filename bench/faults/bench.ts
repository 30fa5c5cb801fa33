/** The bench's life: a lab of its own, undisturbed runs to compare with, kills, faults, and the lab's end. */
import { mkdir } from "node:fs/promises";
import { seededUniform } from "../../runner/analysis/random.ts";
import { EnvironmentError, reasonOf } from "../../runner/errors.ts";
import { findLab } from "../../runner/lab/index.ts";
import type { Progress } from "../../runner/progress.ts";
import { steady } from "./dump/dump.ts";
import type { Fault } from "./faults/fault.ts";
import { tryFault } from "./faults/try.ts";
import { killRunner } from "./kills/kill.ts";
import { killPlan } from "./kills/plan.ts";
import { ownLabDown, ownLabUp } from "./lab/own-lab.ts";
import { type Outcome, outcome } from "./report/outcome.ts";
import { type Arms, FLOOD, type Undisturbed, undisturbed } from "./runs/comparison.ts";
import type { Setting } from "./setting.ts";

export interface Plan {
  readonly lab: string;
  readonly seed: number;
  readonly kills: number;
  /** Of the kills. */
  readonly unaided: number;
  readonly faults: readonly Fault[];
}

/** @param keep is given each outcome as soon as there is one: the whole takes hours */
export async function bench(
  plan: Plan,
  keep: (outcome: Outcome) => Promise<void>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const own = await progress.step(`Lab "${plan.lab}"`, () => ownLabUp(plan.lab, signal));
  try {
    await mkdir(own.folder, { recursive: true });
    const uniform = seededUniform(plan.seed);
    const kills = killPlan(plan.kills, plan.unaided, uniform);
    const setting: Setting = { own, signal, uniform, before: {} };
    const typical = await undisturbedOf([...kills, ...(plan.faults.length > 0 ? [FLOOD] : [])], setting, progress);
    const typicalOf = (suite: string) => typical.get(suite) ?? { seconds: 0, verdict: "unknown" };
    // Only now: the first run of a suite may bring images that stay in the lab.
    setting.before = await progress.step("How all is before", () => steady(own, signal));
    const tries: Try[] = [
      ...kills.map((kill, index) => ({
        title: `Kill ${index + 1} of ${kills.length}: ${kill.suite}, ${kill.tuned}`,
        ...{ fault: "kill", arms: kill },
        run: () => killRunner(setting, kill, typicalOf(kill.suite)),
      })),
      ...plan.faults.map((fault) => ({
        title: `Fault ${fault.name}: ${fault.does}`,
        ...{ fault: fault.name, arms: FLOOD },
        run: () => tryFault(setting, fault, typicalOf(FLOOD.suite)),
      })),
    ];
    for (const each of tries) {
      const came = await progress.step(each.title, (update) => tried(each, signal, update));
      await keep(came);
      if (!(await findLab(plan.lab))) throw new EnvironmentError(`the lab did not outlive "${each.title}"`);
      if (!came.ok) setting.before = await steady(own, signal);
    }
  } finally {
    await progress.step(`Taking down lab "${plan.lab}"`, () => ownLabDown(plan.lab));
  }
}

interface Try {
  readonly title: string;
  readonly fault: string;
  readonly arms: Arms;
  run(): Promise<Outcome>;
}

async function tried({ fault, arms, run }: Try, signal: AbortSignal, update: (detail: string) => void) {
  const came = await run().catch((error: unknown) => {
    signal.throwIfAborted();
    return untried(fault, arms, reasonOf(error));
  });
  update(came.ok ? "as it has to be" : `NOT OK: ${[...came.problems, ...came.left].join("; ")}`);
  return came;
}

function untried(fault: string, { suite, baseline, tuned }: Arms, because: string): Outcome {
  return outcome({
    ...{ fault, did: "could not be tried", suite, arms: [baseline, tuned], exit: "none", verdict: null, refusal: null },
    ...{ blocksKept: 0, voided: [], lost: 0, left: [], healedBy: null, healedSeconds: null, problems: [because] },
  });
}

async function undisturbedOf(arms: readonly Arms[], setting: Setting, progress: Progress) {
  const typical = new Map<string, Undisturbed>();
  for (const { suite } of arms) {
    if (typical.has(suite)) continue;
    const pair = { ...FLOOD, suite };
    typical.set(suite, await progress.step(`${suite}, undisturbed`, () => undisturbed(setting, pair)));
  }
  return typical;
}
