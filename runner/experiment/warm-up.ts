/** What a warm-up shows of the rounds that would come after it. It is no evidence for an arm. */
import { placedAlike } from "../analysis/verdict/placement.ts";
import { premiseOf } from "../analysis/verdict/premise.ts";
import { EnvironmentError, InvalidRunError } from "../errors.ts";
import type { PremiseReason } from "../result/reasons.ts";
import type { Evidence } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { blocksOf, type RunsOf, resultArm } from "./runs.ts";
import type { ArmRun } from "./trial.ts";

/**
 * Where nothing gets through, nothing will later.
 * @param runs whose last baseline block is the warm-up; on two clusters the last tuned one as well
 * @throws InvalidRunError
 */
export function assertPremise<E extends Evidence, T extends Tuning>(
  { sayPremise }: Comparison<E, T>,
  { baseline, tuned }: RunsOf<E, T>,
  twoClusters: boolean,
): void {
  const because = warmUpTrouble(baseline);
  if (because !== null)
    throw new InvalidRunError(`${twoClusters ? "the baseline cluster: " : ""}${sayPremise(because)}`);
  const there = twoClusters ? warmUpTrouble(tuned) : null;
  if (there !== null) throw new InvalidRunError(`the tuned cluster: ${sayPremise(there)}`);
}

/** Why one that is like this warm-up could answer nothing; null: it could. */
function warmUpTrouble<B, T extends Tuning>(run: ArmRun<B, T>): PremiseReason | null {
  const warmUp = run.ran.slice(-1);
  const counted = { ...run, ran: warmUp.map((ran) => ({ ...ran, block: { ...ran.block, round: 1 } })) };
  const arms = [resultArm("baseline", counted), { ...resultArm("tuned", counted), blocks: [] }] as const;
  const premise = premiseOf<B>({}, arms);
  return premise.state === "not-met" ? premise.because : null;
}

/**
 * Where a run goes on with its pods on other nodes than before, each further block would be void.
 * @throws EnvironmentError
 */
export function assertPlaced<E extends Evidence, T extends Tuning>(
  { baseline, tuned }: RunsOf<E, T>,
  twoClusters: boolean,
): void {
  const placed = placedAlike(blocksOf(baseline), blocksOf(tuned), twoClusters);
  for (const block of [placed.baseline.at(-1), placed.tuned.at(-1)]) {
    if (!block || block.valid || block.round > 0) continue;
    for (const reason of block.invalidBecause) {
      if (reason.kind !== "placed-elsewhere") continue;
      throw new EnvironmentError(
        `pods of ${reason.workload} are on other nodes now than for the blocks that are kept, which could not be compared with new ones; resume once more, or begin anew without --resume`,
      );
    }
  }
}
