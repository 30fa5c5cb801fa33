/** Whether one block may count: did the generator, the workers and the probes do what the experiment assumes? */
import type { Block, Outcomes } from "../result/schema.ts";
import { number, percent } from "./format.ts";
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
  readonly workers: Block["workers"];
  /** What the generators say of themselves. */
  readonly saturated: readonly string[];
  /** Largest node's share of stolen CPU, 0–1. */
  readonly stealShare: number;
  readonly loadMs: number;
  /** For every node that should be watched: when its samples were taken, in ms since the load's start. */
  readonly samplesAtMs: Readonly<Record<string, readonly number[]>>;
}

/** One sentence for each reason to void the block; empty if it is valid. */
export function blockValidity(facts: BlockFacts): string[] {
  return [
    ...bookkeeping(facts),
    ...generator(facts),
    ...Object.entries(facts.samplesAtMs).flatMap(([node, at]) => probeGap(node, at, facts.loadMs)),
    ...(facts.stealShare > MOST_STEAL_SHARE
      ? [`${percent(facts.stealShare)} of a node's CPU was stolen by its host (at most ${percent(MOST_STEAL_SHARE)})`]
      : []),
  ];
}

function bookkeeping({ scheduled, outcomes }: BlockFacts): string[] {
  const ended = sum(Object.values(outcomes));
  if (scheduled === 0) return ["nothing was scheduled"];
  return ended === scheduled
    ? []
    : [`${number(scheduled)} requests were scheduled, but ${number(ended)} outcomes reported`];
}

function generator({ outcomes, scheduleLagMs, mostLagMs, workers, saturated }: BlockFacts): string[] {
  const reasons: string[] = [];
  if (workers.reported !== workers.wanted) reasons.push(lostWorkers(workers));
  if (workers.startSpreadMs > MOST_START_SPREAD_MS) {
    reasons.push(
      `the load workers began ${number(workers.startSpreadMs)} ms apart (at most ${MOST_START_SPREAD_MS} ms)`,
    );
  }
  reasons.push(...saturated.map((reason) => `the generator was saturated: ${reason}`));
  const unsent = outcomes["not-sent"] ?? 0;
  if (unsent > 0) reasons.push(`the generator could not send ${number(unsent)} requests`);
  if (scheduleLagMs.p99 > mostLagMs) {
    reasons.push(`the generator lagged ${number(scheduleLagMs.p99)} ms at p99 (at most ${mostLagMs} ms)`);
  }
  return reasons;
}

function lostWorkers({ wanted, reported, lost }: Block["workers"]): string {
  const share = percent(sum(lost.map((each) => each.share)));
  const which = lost.map((each) => `worker ${each.worker} on ${each.node}: ${each.because}`).join("; ");
  return `${reported} of ${wanted} load workers reported${lost.length === 0 ? "" : `, ${share} of the load is lost (${which})`}`;
}

function probeGap(node: string, samplesAtMs: readonly number[], loadMs: number): string[] {
  const points = [0, ...sorted(samplesAtMs.filter((at) => at > 0 && at < loadMs)), loadMs];
  const longest = Math.max(...points.slice(1).map((at, index) => at - (points[index] ?? at)));
  return longest > LONGEST_PROBE_GAP_MS
    ? [`the probe on ${node} gave no sample for ${number(longest)} ms (at most ${LONGEST_PROBE_GAP_MS} ms)`]
    : [];
}
