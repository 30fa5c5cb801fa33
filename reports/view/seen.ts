/** What an arm's blocks saw, whether or not they count: what there is to show of a run that says nothing. */
import { failuresIn } from "../../runner/result/outcomes.ts";
import { type ArmView, type CauseCount, sum } from "./arms.ts";
import { formatQuantity } from "./format.ts";

export interface Seen {
  readonly blocks: number;
  readonly valid: number;
  readonly scheduled: number;
  readonly failed: number;
  /** Most frequent first. */
  readonly causes: readonly CauseCount[];
  /** Of the blocks' own; null: there is no block. */
  readonly p50Ms: Range | null;
  readonly p99Ms: Range | null;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Of the arm's rounds; the warm-up and blocks beside them are left out. */
export function seenOf({ blocks: all }: ArmView): Seen {
  const blocks = all.filter(({ round }) => round > 0);
  const counts = new Map<string, number>();
  for (const { outcomes } of blocks)
    for (const [cause, count] of failuresIn(outcomes)) counts.set(cause, (counts.get(cause) ?? 0) + count);
  const causes = [...counts]
    .map(([cause, count]) => ({ cause, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return {
    blocks: blocks.length,
    valid: blocks.filter(({ valid }) => valid).length,
    scheduled: sum(blocks.map(({ scheduled }) => scheduled)),
    failed: sum(causes.map(({ count }) => count)),
    causes,
    p50Ms: rangeOf(blocks.map(({ latencyMs }) => latencyMs.p50)),
    p99Ms: rangeOf(blocks.map(({ latencyMs }) => latencyMs.p99)),
  };
}

/** "8.4 ms", or "3.1 to 4 s" where blocks differ; an en dash where there is none. */
export function rangeWords(range: Range | null): string {
  if (range === null) return "–";
  const [low, high] = [formatQuantity(range.low, "ms"), formatQuantity(range.high, "ms")];
  return low === high ? low : `${low} to ${high}`;
}

function rangeOf(values: readonly number[]): Range | null {
  return values.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values) };
}
