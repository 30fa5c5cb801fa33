/**
 * A run that was interrupted, as the one that goes on from it takes it: its blocks come where they came, as if they were
 * measured now. Looks at the answer are then due where they were, and spend of the level what they spent.
 *
 * Of a round of which one block has ended, that block is kept, and only the other is run. To throw it away would let whoever has
 * seen it be rid of it by Ctrl-C, and so choose by value. That its other half comes later favours no arm: which arm leads was
 * drawn beforehand, by the seed. The block that was cut short has measured nothing, and was never kept.
 */
import type { KeptRun } from "../result/kept-run.ts";
import type { CutShort, Evidence, Resumption, Role } from "../result/result.ts";
import { roundsInOrder } from "./order.ts";
import type { RanOf } from "./round.ts";

export interface EarlierRun<E extends Evidence = Evidence> {
  readonly startedAt: string;
  /** When its last block was on disk. */
  readonly keptAt: string;
  /** Earlier times that it was resumed. */
  readonly resumed: readonly Resumption[];
  readonly cutShort: readonly CutShort[];
  /** As they followed each other, warm-ups included. */
  readonly blocks: readonly RanOf<E["block"]>[];
}

/** Pure. Undefined: its blocks are not such as follow from its seed. */
export function earlierRun<E extends Evidence>(kept: KeptRun<E>): EarlierRun<E> | undefined {
  const blocks = inOrder(kept);
  if (blocks === undefined || !followSeed(blocks, kept)) return undefined;
  const { startedAt, resumable, resumed = [], cutShort = [] } = kept;
  return { startedAt, keptAt: resumable.keptAt, resumed, cutShort, blocks };
}

/** Undefined: the order names blocks that are not there, or not all that are. */
function inOrder<E extends Evidence>({ order, arms, resumable }: KeptRun<E>): RanOf<E["block"]>[] | undefined {
  const next = { baseline: 0, tuned: 0 };
  const blocks = order.flatMap((name): RanOf<E["block"]>[] => {
    const role: Role = name === arms[0].name ? "baseline" : "tuned";
    const at = role === "baseline" ? 0 : 1;
    const index = next[role]++;
    const [block, settings] = [arms[at].blocks[index], resumable.settings[at][index]];
    return name === arms[at].name && block && settings ? [{ role, ran: { block, ...settings } }] : [];
  });
  const all = [...arms.map(({ blocks }) => blocks), ...resumable.settings];
  const complete = all.every(({ length }, index) => length === (index % 2 === 0 ? next.baseline : next.tuned));
  return complete && blocks.length === order.length ? blocks : undefined;
}

/** Whether they are the first ones of the order that the seed gives; both at a time, of whole rounds. */
function followSeed<B>(blocks: readonly RanOf<B>[], { seed, duet }: Pick<KeptRun, "seed" | "duet">): boolean {
  const left = blocks.filter(({ ran }) => ran.block.round > 0);
  if (duet && left.length % 2 !== 0) return false;
  for (const round of roundsInOrder(seed)) {
    for (const planned of round) {
      const next = left.shift();
      if (next === undefined) return true;
      if (next.role !== planned.role || next.ran.block.round !== planned.round) return false;
    }
  }
  return false;
}

/** Hands out an earlier run's blocks, once each. */
export interface KeptBlocks<B> {
  /** All up to the last one of a round, with the warm-ups before it; none if it has not begun. */
  upTo(round: number): RanOf<B>[];
  /** All that are left: warm-ups after which no block ended. */
  rest(): RanOf<B>[];
}

export function keptBlocks<B>(blocks: readonly RanOf<B>[]): KeptBlocks<B> {
  const left = [...blocks];
  return {
    upTo: (round) => left.splice(0, left.findLastIndex(({ ran }) => ran.block.round === round) + 1),
    rest: () => left.splice(0),
  };
}
