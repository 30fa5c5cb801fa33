/** Time series of one arm over the blocks that are drawn: median and range at each slice of the time axis. */
import type { LoadSlice } from "../../runner/result/block.ts";
import { type ArmView, drawnBlocks } from "./arms.ts";

export interface Band {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface SlicePoint {
  readonly atS: number;
  readonly widthS: number;
  /** null where no request of the slice ended well in any block. */
  readonly p50Ms: Band | null;
  readonly p99Ms: Band | null;
  readonly scheduled: number;
  readonly failed: number;
}

export interface OccupancyPoint {
  readonly block: number;
  readonly atS: number;
  readonly entries: number;
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}

function bandOf(values: readonly (number | null)[]): Band | null {
  const known = values.filter((value): value is number => value !== null);
  const middle = median(known);
  return middle === null ? null : { low: Math.min(...known), median: middle, high: Math.max(...known) };
}

/** The arm's slices, blocks laid over each other by slice start; failures are summed over the blocks. */
export function slicePoints(arm: ArmView): readonly SlicePoint[] {
  const blocks = drawnBlocks(arm);
  const gaps = blocks.flatMap(({ series }) =>
    series.slice(1).map((slice, i) => slice.atMs - (series[i]?.atMs ?? slice.atMs)),
  );
  const widthMs = median(gaps.filter((gap) => gap > 0)) ?? 1000;
  const bins = new Map<number, LoadSlice[]>();
  for (const slice of blocks.flatMap((block) => block.series)) {
    const bin = Math.round(slice.atMs / widthMs);
    bins.set(bin, [...(bins.get(bin) ?? []), slice]);
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, slices]) => ({
      atS: (bin * widthMs) / 1000,
      widthS: widthMs / 1000,
      p50Ms: bandOf(slices.map((slice) => slice.p50Ms)),
      p99Ms: bandOf(slices.map((slice) => slice.p99Ms)),
      scheduled: slices.reduce((total, slice) => total + slice.scheduled, 0),
      failed: slices.reduce((total, slice) => total + slice.failed, 0),
    }));
}

/** Conntrack samples of each drawn block; `block` tells the lines apart. */
export function occupancyPoints(arm: ArmView): readonly OccupancyPoint[] {
  return drawnBlocks(arm).flatMap((block, index) =>
    block.conntrack.map((sample) => ({ block: index, atS: sample.atMs / 1000, entries: sample.entries })),
  );
}

export interface Cliff {
  readonly atS: number;
  readonly blocks: number;
}

/** The median first drop, and in how many drawn blocks there was one; null where no block had any. */
export function cliffOf(arm: ArmView): Cliff | null {
  const times = drawnBlocks(arm).flatMap((block) => (block.cliff ? [block.cliff.atMs / 1000] : []));
  const atS = median(times);
  return atS === null ? null : { atS, blocks: times.length };
}

/** From the load's begin to the end of what any arm has of it, in seconds: one axis for all that is drawn of a block's time. */
export function blockAxis(arms: readonly ArmView[], loadMs: number): readonly [number, number] {
  const ends = arms.flatMap((arm) => slicePoints(arm).map(({ atS, widthS }) => atS + widthS));
  return [0, Math.max(loadMs / 1000, ...ends)];
}
