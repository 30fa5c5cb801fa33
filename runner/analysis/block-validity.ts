/** Whether one block may count: did the generator, the workers and the probes do what the experiment assumes? */
import type { Measured } from "../result/block.ts";
import type { Outcomes } from "../result/outcomes.ts";
import type { VoidReason } from "../result/reasons.ts";
import { sorted, sum } from "./samples.ts";

/**
 * Latency counts from the scheduled time, so the generator's own lag is part of it. 50 ms is a twentieth of the
 * 1000 ms that one lost SYN costs: the signature of loss cannot be mistaken for a late generator.
 */
export const MOST_LAG_P99_MS = 50;
/** Workers start on one edge of a common clock; a whole time slice apart and their slices do not belong together. */
const MOST_START_SPREAD_MS = 250;
/** Counters are read at 1 Hz or faster; a longer hole could hide the whole event. */
const LONGEST_PROBE_GAP_MS = 1_000;
/** More stolen CPU than this and the neighbours, not the arm, made the latency. */
const MOST_STEAL_SHARE = 0.02;

export interface BlockFacts {
  readonly scheduled: number;
  readonly outcomes: Outcomes;
  readonly scheduleLagMs: { readonly p99: number };
  /** At p99, at most; MOST_LAG_P99_MS where latencies decide something. */
  readonly mostLagMs: number;
  readonly workers: Measured["workers"];
  /** What the generators say of themselves. */
  readonly saturated: readonly string[];
  /** Largest node's share of stolen CPU, 0–1; null: not read. */
  readonly stealShare: number | null;
  readonly loadMs: number;
  /** For every node that should be watched: when its samples were taken, in ms since the load's start. */
  readonly samplesAtMs: Readonly<Record<string, readonly number[]>>;
}

/** Each reason to void the block; empty if it is valid. */
export function blockValidity(facts: BlockFacts): VoidReason[] {
  const { stealShare, samplesAtMs, loadMs } = facts;
  return [
    ...bookkeeping(facts),
    ...generator(facts),
    ...Object.entries(samplesAtMs).flatMap(([node, at]) => probeGap(node, at, loadMs)),
    ...(stealShare !== null && stealShare > MOST_STEAL_SHARE
      ? [{ kind: "steal" as const, share: stealShare, mostShare: MOST_STEAL_SHARE }]
      : []),
  ];
}

function reasonIf(holds: boolean, reason: VoidReason): VoidReason[] {
  return holds ? [reason] : [];
}

function bookkeeping({ scheduled, outcomes }: BlockFacts): VoidReason[] {
  const ended = sum(Object.values(outcomes));
  if (scheduled === 0) return [{ kind: "nothing-scheduled" }];
  return reasonIf(ended !== scheduled, { kind: "outcomes-missing", scheduled, ended });
}

function generator({ scheduled, outcomes, scheduleLagMs, mostLagMs, workers, saturated }: BlockFacts): VoidReason[] {
  const { wanted, reported, startSpreadMs } = workers;
  const unsent = outcomes["not-sent"] ?? 0;
  const lost = workers.lost.map(({ worker, node, because }) => ({ worker, node, because }));
  const lostShare = sum(workers.lost.map((each) => each.share));
  return [
    ...reasonIf(reported !== wanted, { kind: "workers-lost", wanted, reported, lost, lostShare }),
    ...reasonIf(startSpreadMs > MOST_START_SPREAD_MS, {
      kind: "start-spread",
      ms: startSpreadMs,
      mostMs: MOST_START_SPREAD_MS,
    }),
    ...saturated.map((because): VoidReason => ({ kind: "generator-saturated", because })),
    ...reasonIf(unsent > 0, { kind: "not-sent", requests: unsent, scheduled }),
    ...reasonIf(scheduleLagMs.p99 > mostLagMs, { kind: "generator-lag", p99Ms: scheduleLagMs.p99, mostMs: mostLagMs }),
  ];
}

function probeGap(node: string, samplesAtMs: readonly number[], loadMs: number): VoidReason[] {
  const points = [0, ...sorted(samplesAtMs.filter((at) => at > 0 && at < loadMs)), loadMs];
  const longest = Math.max(...points.slice(1).map((at, index) => at - (points[index] ?? at)));
  return reasonIf(longest > LONGEST_PROBE_GAP_MS, {
    kind: "probe-gap",
    node,
    ms: longest,
    mostMs: LONGEST_PROBE_GAP_MS,
  });
}
