/** What a warm-up shows of the rounds that would come after it. It is no evidence for an arm. */
import { placedAlike } from "../analysis/verdict/placement.ts";
import { premiseOf } from "../analysis/verdict/premise.ts";
import { EnvironmentError, InvalidRunError } from "../errors.ts";
import type { Evidence } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { blocksOf, type RunsOf, resultArm } from "./run-document.ts";

/**
 * Where nothing gets through, nothing will later.
 * @param runs whose last baseline block is the warm-up
 * @throws InvalidRunError
 */
export function assertPremise<E extends Evidence, T extends Tuning>(
  { sayPremise }: Comparison<E, T>,
  { baseline }: RunsOf<E, T>,
): void {
  const warmUp = baseline.ran.slice(-1);
  const counted = { ...baseline, ran: warmUp.map((ran) => ({ ...ran, block: { ...ran.block, round: 1 } })) };
  const arms = [resultArm("baseline", counted), { ...resultArm("tuned", counted), blocks: [] }] as const;
  const premise = premiseOf<E["block"]>({}, arms);
  if (premise.state === "not-met") throw new InvalidRunError(sayPremise(premise.because));
}

/**
 * Where a run goes on with its pods on other nodes than before, each further block would be void.
 * @throws EnvironmentError
 */
export function assertPlaced<E extends Evidence, T extends Tuning>({ baseline, tuned }: RunsOf<E, T>): void {
  const placed = placedAlike(blocksOf(baseline), blocksOf(tuned));
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
