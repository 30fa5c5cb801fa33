import type { Progress } from "../progress.ts";
import type { Block } from "../result/block.ts";
import type { Evidence, Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { ArmPair } from "./arms.ts";
import type { PlannedBlock } from "./order.ts";
import type { SuitePlan } from "./plan.ts";
import type { RanBlock, Trials } from "./trial.ts";

interface Told<B, T extends Tuning> {
  readonly arms: ArmPair<T>;
  readonly plan: Pick<SuitePlan, "rounds">;
  /** What a block came to, in half a line for whoever watches. */
  say(block: Block<B>): string;
}

export interface RanOf<B> {
  readonly role: Role;
  readonly ran: RanBlock<B>;
}

/** Takes blocks when they have ended: one, or both that ran at the same time. */
type Ended<B> = (blocks: readonly RanOf<B>[]) => Promise<void>;

/**
 * Runs the blocks of a round: one after another, or at the same time.
 * @param had how many blocks the run has had so far
 */
export async function runBlocks<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  told: Told<E["block"], T>,
  blocks: readonly PlannedBlock[],
  had: number,
  ended: Ended<E["block"]>,
  progress: Progress,
): Promise<void> {
  if (trials.duet) {
    const title = `Blocks ${had + 1} and ${had + 2}: ${blocks.map(({ role }) => told.arms[role].name).join(" beside ")}`;
    const all = await progress.step(`${title} (${labelOf(told, blocks)})`, async (update) => {
      const ran = await trials.together(
        blocks.map(({ role, round }, index) => async () => ({
          role,
          ran: await trials.trials[role].runBlock(told.arms[role], round, had + index),
        })),
      );
      update(ran.map(({ role, ran: { block } }) => `${told.arms[role].name}: ${told.say(block)}`).join("; "));
      return ran;
    });
    return ended(all);
  }
  for (const [index, { role, round }] of blocks.entries()) {
    const arm = told.arms[role];
    const number = had + index;
    const title = `Block ${number + 1}: ${arm.name} (${labelOf(told, blocks)})`;
    const ran = await progress.step(title, async (update) => {
      const block = await trials.trial.runBlock(arm, round, number);
      update(told.say(block.block));
      return block;
    });
    await ended([{ role, ran }]);
  }
}

function labelOf({ plan }: Pick<Told<unknown, Tuning>, "plan">, [first]: readonly PlannedBlock[]): string {
  const round = first?.round ?? 0;
  if (round === 0) return "warm-up";
  return `round ${round}${round > plan.rounds ? "" : ` of ${plan.rounds}`}`;
}
