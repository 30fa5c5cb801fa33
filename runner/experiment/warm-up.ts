/** What a warm-up shows of the rounds that would come after it. It is no evidence for an arm. */
import { placedAlike } from "../analysis/verdict/placement.ts";
import { type Premise, premiseOf } from "../analysis/verdict/premise.ts";
import { EnvironmentError, InvalidRunError } from "../errors.ts";
import type { PremiseReason } from "../result/reasons.ts";
import type { Evidence } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { blocksOf, type RunsOf, resultArm } from "./runs.ts";
import type { ArmRun } from "./trial.ts";

/**
 * Where nothing gets through, or what the suite asks about does not happen, it will not later.
 * @param runs whose last baseline block is the warm-up; the last tuned one as well, where that arm has warmed up
 * @returns false: the baseline alone does not meet the suite's premise, and the tuned arm, which has yet to warm up, may
 * @throws InvalidRunError
 */
export function assertPremise<E extends Evidence, T extends Tuning>(
  { suite, sayPremise }: Comparison<E, T>,
  { baseline, tuned }: RunsOf<E, T>,
  twoClusters: boolean,
): boolean {
  const [before, after] = [resultArm("baseline", warmUpOf(baseline)), resultArm("tuned", warmUpOf(tuned))];
  const nothing = { ...after, blocks: [] };
  const because = notMetIn(premiseOf<E["block"]>({}, [before, nothing]));
  if (because !== null)
    throw new InvalidRunError(`${twoClusters ? "the baseline cluster: " : ""}${sayPremise(because)}`);
  const there = twoClusters
    ? notMetIn(premiseOf<E["block"]>({}, [{ ...before, blocks: after.blocks }, nothing]))
    : null;
  if (there !== null) throw new InvalidRunError(`the tuned cluster: ${sayPremise(there)}`);
  const asked = notMetIn(premiseOf<E["block"]>(suite, [before, after]));
  if (asked === null) return true;
  if (suite.premiseOfEither === true && after.blocks.length === 0) return false;
  throw new InvalidRunError(sayPremise(asked));
}

/** As if it were a round's block, so that it is asked what rounds are asked; no block where the arm has not warmed up. */
function warmUpOf<B, T extends Tuning>(run: ArmRun<B, T>): ArmRun<B, T> {
  const warmUp = run.ran.slice(-1).filter(({ block }) => block.round === 0);
  return { ...run, ran: warmUp.map((ran) => ({ ...ran, block: { ...ran.block, round: 1 } })) };
}

function notMetIn(premise: Premise): PremiseReason | null {
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
