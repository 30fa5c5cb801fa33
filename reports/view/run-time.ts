/** A run's blocks on the axis of its own time. */
import type { Result } from "../../runner/result/result.ts";
import { type ArmView, failuresOf } from "./arms.ts";
import { latenciesOf } from "./histogram.ts";

export interface PlacedInTime {
  readonly arm: ArmView;
  readonly round: number;
  readonly valid: boolean;
  /** Minutes since the run began. */
  readonly fromMin: number;
  readonly toMin: number;
  readonly failedShare: number;
  /** The largest node's; null: not read. */
  readonly stealShare: number | null;
  readonly cells: readonly LatencyCell[];
}

/** A bin of a block's latencies. */
export interface LatencyCell {
  readonly lowMs: number;
  readonly highMs: number;
  /** Of the block's requests. */
  readonly share: number;
}

/** Each power of ten in as many bins. */
const BINS_A_DECADE = 6;

/** Warm-ups and blocks that do not count included. Of a pair that ran at the same time, each has half of the time to itself. */
export function blocksInTime({ startedAt, load, duet }: Result, arms: readonly ArmView[]): readonly PlacedInTime[] {
  const began = Date.parse(startedAt);
  const wide = load.durationMs / 60_000;
  const beside = duet === true ? Math.max(1, arms.length) : 1;
  return arms.flatMap((arm) =>
    arm.blocks.map((block) => {
      const start = Math.max(0, (Date.parse(block.startedAt) - began) / 60_000);
      const fromMin = beside === 1 ? start : start + (arm.index * wide) / beside;
      return {
        ...{ arm, round: block.round, valid: block.valid, stealShare: block.stealShare },
        fromMin,
        toMin: fromMin + wide / beside,
        failedShare: failuresOf(block) / Math.max(1, block.scheduled),
        cells: cellsOf(block),
      };
    }),
  );
}

/** Minutes at which the run was interrupted and went on. */
export function pausesInTime({ startedAt, resumed = [] }: Result): readonly number[] {
  return resumed.map(({ at }) => (Date.parse(at) - Date.parse(startedAt)) / 60_000);
}

function cellsOf(block: Parameters<typeof latenciesOf>[0]): readonly LatencyCell[] {
  const latencies = latenciesOf(block);
  if (latencies === null) return [];
  const counts = new Map<number, number>();
  let total = 0;
  for (const { ms, count } of latencies.recorded()) {
    const bin = Math.floor(Math.log10(Math.max(ms, FASTEST_MS)) * BINS_A_DECADE + 1e-9);
    counts.set(bin, (counts.get(bin) ?? 0) + count);
    total += count;
  }
  return [...counts].map(([bin, count]) => ({
    lowMs: 10 ** (bin / BINS_A_DECADE),
    highMs: 10 ** ((bin + 1) / BINS_A_DECADE),
    share: count / total,
  }));
}

/** What is faster is drawn as this fast: a log scale has no zero. */
const FASTEST_MS = 0.01;
