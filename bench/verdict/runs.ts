/** A made-up run, judged as a real one is: looks, replaced blocks and all. */

import { drops, latency, type MetricSpec, okLatency, successRate } from "../../runner/analysis/metrics.ts";
import { type Judgement, judge } from "../../runner/analysis/verdict/judge.ts";
import { roundsInOrder } from "../../runner/experiment/order.ts";
import { RoundPlan, type RoundsSoFar } from "../../runner/experiment/rounds.ts";
import type { Block } from "../../runner/result/block.ts";
import type { ArmsOf, Role } from "../../runner/result/result.ts";
import { type Noise, noiseFrom } from "./random.ts";
import { type Drawn, SCHEDULED, type Weather } from "./weather.ts";

/** As the flood's, with floors for a p99 of 400 ms. */
export const METRICS: readonly MetricSpec[] = [
  successRate({ primary: true, floor: { absolute: 0.5, relative: 0.1 } }),
  drops({ primary: true, floor: { absolute: 20, relative: 0.1 } }),
  latency("p99", { primary: true, floor: { absolute: 20, relative: 0.1 } }),
  okLatency("p99", { primary: false, floor: { absolute: 20, relative: 0.1 } }),
  latency("p50", { primary: false, floor: { absolute: 2, relative: 0.1 } }),
];

const LATE = { kind: "generator-lag", p99Ms: 200, mostMs: 50 } as const;

/** @param base of the quiet p99, to which lost SYNs that p99 feels are due */
export function blockOf(drawn: Drawn, round: number, noise: Noise, base = 400): Block {
  const { p99Ms, failures, resets, drops: dropped, late } = drawn;
  const p50 = 2 * Math.exp(0.1 * noise.normal());
  const slow = Math.max(0, Math.round(200 + (p99Ms / base - 1) * 1_500));
  return {
    round,
    valid: true,
    ...(late ? { spoiltBy: [LATE] } : {}),
    evidence: {},
    startedAt: "2026-01-01T00:00:00Z",
    scheduled: SCHEDULED,
    sent: SCHEDULED,
    outcomes: {
      ok: SCHEDULED - failures - resets,
      ...(failures > 0 ? { "connect-timeout": failures } : {}),
      ...(resets > 0 ? { reset: resets } : {}),
    },
    latencyMs: { p50, p99: failures > 0.01 * SCHEDULED ? 3_000 : p99Ms, p999: p99Ms, max: p99Ms },
    okLatencyMs: { p50, p99: p99Ms, p999: p99Ms, max: p99Ms },
    scheduleLagMs: { p50: 0.1, p99: late ? 200 : 1, max: 4 },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: { wanted: 4, reported: 4, lost: [], startSpreadMs: 0 },
    saturated: [],
    generatorCpu: { seconds: 1, shareOfMachine: 0.1 },
    probeCpu: { seconds: 0.1 },
    stealShare: 0,
    counters: [
      { where: "node node-1", hop: "client-conntrack", deltas: { conntrackDrop: dropped } },
      { where: "load workers on node-1", hop: "client-ports", deltas: { synRetrans: dropped + slow } },
    ],
    drain: { method: "", conntrackBefore: {}, timeWaitBefore: 0, seconds: 0 },
    cliff: null,
    kernelLog: [],
    series: [],
    conntrack: [],
  };
}

export interface Run {
  readonly judgement: Judgement;
  readonly rounds: number;
  readonly baseline: readonly Block[];
  readonly tuned: readonly Block[];
}

/**
 * The whole of a run of at most so many planned rounds.
 * @param duet judged as blocks that ran at the same time
 */
export function simulate(weather: Weather, planned: number, seed: number, duet = false): Run {
  const noise = noiseFrom(seed);
  const next = weather(noise);
  const blocks: Record<Role, Block[]> = { baseline: [], tuned: [] };
  const plan = new RoundPlan<unknown>(
    planned,
    METRICS.filter(({ primary }) => primary),
    null,
  );
  let soFar: RoundsSoFar<unknown> = { rounds: 0, baseline: [], tuned: [] };
  let index = 0;
  for (const round of roundsInOrder(seed)) {
    if (!plan.wants(soFar)) break;
    for (const { role, round: number } of round)
      blocks[role].push(blockOf(next(role, index++, 2 * planned), number, noise));
    soFar = { rounds: soFar.rounds + 1, ...blocks };
    const share = plan.lookDue(soFar);
    if (share === null) continue;
    const judgement = judged(blocks, share, duet);
    if (["improved", "regressed", "equivalent"].includes(judgement.verdict))
      return { judgement, rounds: soFar.rounds, ...blocks };
  }
  return { judgement: judged(blocks, plan.left, duet), rounds: soFar.rounds, ...blocks };
}

export function judged(
  blocks: Readonly<Record<Role, readonly Block[]>>,
  spent: number,
  duet = false,
  metrics = METRICS,
): Judgement {
  const arms: ArmsOf = [
    { name: "baseline", role: "baseline", tunings: [], blocks: blocks.baseline },
    { name: "tuned", role: "tuned", tunings: [], blocks: blocks.tuned },
  ];
  return judge({
    suite: { metrics },
    arms,
    tunings: [],
    plan: { scheduledPerBlock: null, workers: null },
    spent,
    duet,
  });
}
