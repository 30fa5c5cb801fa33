import { reasonOf } from "../../../runner/errors.ts";
import type { ArmRun, RanBlock } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { FloodBlockEvidence, LargerTable } from "../evidence.ts";
import type { FloodStage } from "./flood-stage.ts";

/**
 * One more block for an arm that enlarges the table, in a prefilled run: filled to the same headroom below the *new*
 * limit, does the cliff come back at the predicted time? It shows that a larger table moves the cliff and does not
 * remove it. The block takes no part in the comparison, so its failure does not void what was measured before.
 * @param run runs a block whose table is filled to the headroom below a limit
 */
export async function askLargerTable(
  { table, limitAtStart, signal }: FloodStage,
  { ran }: ArmRun<FloodBlockEvidence>,
  progress: Progress,
  run: (limit: number) => Promise<RanBlock<FloodBlockEvidence>>,
): Promise<LargerTable> {
  const limit = ran.at(-1)?.block.conntrack.at(-1)?.limit;
  if (table.kind !== "prefilled" || limitAtStart === null || limit === undefined || limit <= limitAtStart)
    return { kind: "not-asked" };
  const title = `One more block: is there a cliff at the larger table's limit (${limit} entries)?`;
  try {
    return await progress.step(title, async (update) => {
      const { block } = await run(limit);
      update(block.cliff ? `yes, ${(block.cliff.atMs / 1000).toFixed(1)} s into the load` : "none in this block");
      return { kind: "ran", block };
    });
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", because: reasonOf(error) };
  }
}
