import { blockSeen, type LiveListener } from "../analysis/live/events.ts";
import { isOfTheWay } from "../cluster/access/patience.ts";
import { reasonOf } from "../errors.ts";
import { loadMs } from "../load/spec.ts";
import type { Progress } from "../progress.ts";
import type { Block } from "../result/block.ts";
import type { CutShort, Evidence, Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { ArmPair } from "./arms.ts";
import type { PlannedBlock } from "./order.ts";
import type { SuitePlan } from "./plan.ts";
import { type RanBlock, type Trials, trialOf } from "./trial.ts";

interface Told<B, T extends Tuning> {
  readonly arms: ArmPair<T>;
  readonly plan: Pick<SuitePlan, "rounds" | "load">;
  readonly onLive: LiveListener;
  /** What a block came to, in half a line for whoever watches. */
  say(block: Block<B>): string;
}

export interface RanOf<B> {
  readonly role: Role;
  readonly ran: RanBlock<B>;
}

/** The run that blocks belong to. */
interface RunSoFar<B> {
  /** How many blocks have been begun; each has a number of its own. */
  number(): number;
  /** Takes blocks when they have ended: one, or both that ran at the same time. */
  ended(blocks: readonly RanOf<B>[]): Promise<void>;
  /** Takes those that the cluster cut short, by going away; they are run again. */
  cutShort(blocks: CutShort): void;
}

/** More than this, and the way to the cluster is not one to measure by. */
const MOST_TIMES = 3;

/** Runs the blocks of a round: one after another, or at the same time. */
export async function runBlocks<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  told: Told<E["block"], T>,
  blocks: readonly PlannedBlock[],
  run: RunSoFar<E["block"]>,
  progress: Progress,
): Promise<void> {
  const labelled = (title: string) => `${title} (${labelOf(told, blocks)})`;
  if (trials.way === "side-by-side") {
    const all = await untilWhole(told, blocks, run, progress, () => {
      const had = run.number();
      for (const [index, block] of blocks.entries()) tellStart(told, block, had + index);
      const title = `Blocks ${had + 1} and ${had + 2}: ${armsOf(told, blocks).join(" beside ")}`;
      return progress.step(labelled(title), async (update) => {
        const ran = await trials.together(
          blocks.map(({ role, round }, index) => async () => ({
            role,
            ran: await trials.trials[role].runBlock(told.arms[role], round, had + index),
          })),
        );
        update(ran.map(({ role, ran: { block } }) => `${told.arms[role].name}: ${told.say(block)}`).join("; "));
        for (const [index, each] of ran.entries()) tellEnd(told, each, had + index);
        return ran;
      });
    });
    return run.ended(all);
  }
  for (const block of blocks) {
    const { role, round } = block;
    const arm = told.arms[role];
    const where = trials.way === "two-clusters" ? ` on the ${role} cluster` : "";
    const ran = await untilWhole(told, [block], run, progress, () => {
      const had = run.number();
      tellStart(told, block, had);
      return progress.step(labelled(`Block ${had + 1}: ${arm.name}${where}`), async (update) => {
        const ran = await trialOf(trials, role).runBlock(arm, round, had);
        update(told.say(ran.block));
        tellEnd(told, { role, ran }, had);
        return ran;
      });
    });
    await run.ended([{ role, ran }]);
  }
}

/** Runs blocks again that have no end because the way to the cluster failed, which says nothing of an arm. */
async function untilWhole<B, T extends Tuning, Ran>(
  told: Told<B, T>,
  blocks: readonly PlannedBlock[],
  { cutShort, number }: Pick<RunSoFar<B>, "cutShort" | "number">,
  progress: Progress,
  runAll: () => Promise<Ran>,
): Promise<Ran> {
  for (let times = 1; ; times++) {
    try {
      return await runAll();
    } catch (error) {
      if (times >= MOST_TIMES || !isOfTheWay(error)) throw error;
      const because = reasonOf(error);
      told.onLive({ kind: "blocks-cut-short", numbers: blocks.map((_, index) => number() + index) });
      cutShort({ arms: armsOf(told, blocks), round: blocks[0]?.round ?? 0, because });
      progress.note(`Cut short, and run again: ${because}`);
    }
  }
}

function tellStart<B, T extends Tuning>(
  { arms, onLive }: Told<B, T>,
  { role, round }: PlannedBlock,
  number: number,
): void {
  onLive({ kind: "block-started", block: { number, arm: arms[role].name, round }, role });
}

function tellEnd<B, T extends Tuning>({ plan, onLive }: Told<B, T>, { role, ran }: RanOf<B>, number: number): void {
  const seen = blockSeen(ran.block, loadMs(plan.load));
  onLive({ kind: "block-ended", number, role, round: ran.block.round, seen });
}

function armsOf<B, T extends Tuning>({ arms }: Told<B, T>, blocks: readonly PlannedBlock[]): string[] {
  return blocks.map(({ role }) => arms[role].name);
}

function labelOf({ plan }: { readonly plan: Pick<SuitePlan, "rounds"> }, [first]: readonly PlannedBlock[]): string {
  const round = first?.round ?? 0;
  if (round === 0) return "warm-up";
  return `round ${round}${round > plan.rounds ? "" : ` of ${plan.rounds}`}`;
}
