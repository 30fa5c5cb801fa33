/** How others would call the same blocks: each gives "higher", "lower" or null for the p99 of the tuned arm. */
import { mannWhitneyP } from "../../runner/analysis/mann-whitney.ts";
import { mean, median } from "../../runner/analysis/samples.ts";
import type { Noise } from "./random.ts";

export type Call = "higher" | "lower" | null;
export type Peer = (baselineMs: readonly number[], tunedMs: readonly number[], noise: Noise) => Call;

/** One run before, one after, and more than 10 % is a difference. */
const twoRuns: Peer = ([before = 0], [after = 0]) => {
  const change = after / before - 1;
  return Math.abs(change) <= 0.1 ? null : change > 0 ? "higher" : "lower";
};

/** All requests of an arm in one heap, as if each were an observation of its own. */
const rawRequests: Peer = (baselineMs, tunedMs, noise) => {
  const requests = (p99s: readonly number[]) =>
    p99s.flatMap((p99) => Array.from({ length: 50 }, () => (p99 / 10) * Math.exp(noise.normal())));
  return called(requests(baselineMs), requests(tunedMs), 0.05);
};

/** golang.org/x/perf/cmd/benchstat: the exact Mann–Whitney test of the blocks at 5 %. */
const benchstat: Peer = (baselineMs, tunedMs) => called(baselineMs, tunedMs, 0.05);

/** By which benchstat calls blocks different, at whatever level. */
export const benchstatP = mannWhitneyP;

export const PEERS = { "two runs, 10 %": twoRuns, "raw requests": rawRequests, benchstat } as const;

function called(before: readonly number[], after: readonly number[], level: number): Call {
  if (mannWhitneyP(before, after) >= level) return null;
  const shift = (median(after) ?? 0) - (median(before) ?? 0) || mean(after) - mean(before);
  return shift > 0 ? "higher" : "lower";
}
