import type { Progress } from "../progress.ts";
import type { ArmPlan } from "./arms.ts";
import { type RanBlock, runBlock, type Stage } from "./block.ts";

/**
 * One more block for an arm that enlarges the table, in a prefilled run: filled to the same headroom below the *new*
 * limit, does the cliff come back at the predicted time? It shows that a larger table moves the cliff and does not
 * remove it. The block takes no part in the comparison.
 */
export async function runCliffBlock(
  stage: Stage,
  arm: ArmPlan,
  ran: readonly RanBlock[],
  sequence: number,
  progress: Progress,
): Promise<RanBlock | undefined> {
  const limit = ran.at(-1)?.block.conntrack.at(-1)?.limit;
  if (stage.plan.table.kind !== "prefilled" || limit === undefined || limit <= stage.limitAtStart) return undefined;
  return progress.step(
    `One more block: is there a cliff at the larger table's limit (${limit} entries)?`,
    async (update) => {
      const block = await runBlock({ ...stage, limitAtStart: limit }, arm, -1, sequence);
      update(
        block.block.cliff ? `yes, ${(block.block.cliff.atMs / 1000).toFixed(1)} s into the load` : "none in this block",
      );
      return block;
    },
  );
}
