/** What a suite makes of all blocks: at once, or of each cluster's where each arm had one of its own. */
import type { Attribution, HopName } from "../result/hops.ts";
import type { Evidence, Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { armsOf, begunOf, type Ran, type RunsOf } from "./runs.ts";
import type { ArmRun, Conclusion, Trial, Trials } from "./trial.ts";

interface Concluding<E extends Evidence, T extends Tuning> {
  readonly comparison: Comparison<E, T>;
  readonly trials: Trials<E, T>;
  readonly runs: RunsOf<E, T>;
  readonly ran: Pick<Ran, "order" | "cutShort">;
}

export async function concluded<E extends Evidence, T extends Tuning>({
  comparison: { target, suite },
  trials,
  runs,
  ran,
}: Concluding<E, T>): Promise<Conclusion<E>> {
  const of = (trial: Trial<E, T>, its: RunsOf<E, T>, kernel: string) =>
    trial.conclude({ arms: armsOf(its), ...its, kernel, begun: begunOf(ran) });
  switch (trials.way) {
    case "in-turn":
      return of(trials.trial, runs, target.kernel);
    case "side-by-side":
      return of(trials.trials.baseline, runs, target.kernel);
    case "two-clusters": {
      // One after the other: either may still run a block.
      const baseline = await of(trials.trials.baseline, onlyOf(runs, "baseline"), target.kernel);
      const tuned = await of(trials.trials.tuned, onlyOf(runs, "tuned"), trials.tunedTarget.kernel);
      return {
        hops: [...baseline.hops, ...tuned.hops],
        attribution: inAll(baseline.attribution, tuned.attribution),
        predictions: [...baseline.predictions, ...tuned.predictions],
        evidence: suite.joined({ baseline: baseline.evidence, tuned: tuned.evidence }),
      };
    }
  }
}

/** What ran on one arm's cluster. */
function onlyOf<E extends Evidence, T extends Tuning>(runs: RunsOf<E, T>, role: Role): RunsOf<E, T> {
  const none = (run: ArmRun<E["block"], T>): ArmRun<E["block"], T> => ({ plan: run.plan, ran: [] });
  return role === "baseline"
    ? { baseline: runs.baseline, tuned: none(runs.tuned) }
    : { baseline: none(runs.baseline), tuned: runs.tuned };
}

function inAll(one: Attribution, other: Attribution): Attribution {
  const hops = new Set([...Object.keys(one.byHop), ...Object.keys(other.byHop)] as HopName[]);
  return {
    failures: one.failures + other.failures,
    attributed: one.attributed + other.attributed,
    unexplained: one.unexplained + other.unexplained,
    byHop: Object.fromEntries([...hops].map((hop) => [hop, (one.byHop[hop] ?? 0) + (other.byHop[hop] ?? 0)])),
    evidence: [...one.evidence, ...other.evidence],
  };
}
