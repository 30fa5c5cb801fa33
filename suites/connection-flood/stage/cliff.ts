import { reasonOf } from "../../../runner/errors.ts";
import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import { runBlock } from "../../../runner/experiment/connections/block.ts";
import type { Stage } from "../../../runner/experiment/connections/stage.ts";
import type { ExtraBlock, RanBlock } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";

/**
 * One more block for an arm that enlarges the table, in a prefilled run: filled to the same headroom below the *new*
 * limit, does the cliff come back at the predicted time? It shows that a larger table moves the cliff and does not
 * remove it. The block takes no part in the comparison, so its failure does not void what was measured before.
 */
export async function runCliffBlock(
  stage: Stage,
  arm: ArmPlan,
  ran: readonly RanBlock[],
  sequence: number,
  progress: Progress,
): Promise<ExtraBlock> {
  const limit = ran.at(-1)?.block.conntrack.at(-1)?.limit;
  if (stage.table.kind !== "prefilled" || limit === undefined || limit <= stage.limitAtStart) {
    return { kind: "not-needed" };
  }
  const title = `One more block: is there a cliff at the larger table's limit (${limit} entries)?`;
  try {
    return await progress.step(title, async (update) => {
      const extra = await runBlock({ ...stage, limitAtStart: limit }, arm, -1, sequence);
      update(
        extra.block.cliff ? `yes, ${(extra.block.cliff.atMs / 1000).toFixed(1)} s into the load` : "none in this block",
      );
      return { kind: "ran", ran: extra };
    });
  } catch (error) {
    stage.signal.throwIfAborted();
    return { kind: "failed", because: reasonOf(error) };
  }
}
