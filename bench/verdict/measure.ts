/** Rates over many made-up runs. */
import type { Metric } from "../../runner/result/metric.ts";
import { PEERS, type Peer } from "./peers.ts";
import { noiseFrom } from "./random.ts";
import { blockOf, judged, type Run, simulate } from "./runs.ts";
import { slower, type Weather } from "./weather.ts";

const CALLED = new Set(["improved", "regressed"]);

export interface Rates {
  /** Share of runs in which a difference was called, 0–1. */
  readonly ours: number;
  readonly peers: Readonly<Record<keyof typeof PEERS, number>>;
  readonly equivalent: number;
  readonly rounds: number;
}

/** @param planned rounds; peers get the first six */
export function ratesOf(weather: Weather, planned: number, runs: number): Rates {
  const counts = { ours: 0, equivalent: 0, rounds: 0 };
  const peers = { "two runs, 10 %": 0, "raw requests": 0, benchstat: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const run = simulate(weather, planned, seed);
    if (CALLED.has(run.judgement.verdict)) counts.ours += 1;
    if (run.judgement.verdict === "equivalent") counts.equivalent += 1;
    counts.rounds += run.rounds;
    for (const name of Object.keys(PEERS) as (keyof typeof PEERS)[])
      if (callOf(PEERS[name], run, seed)) peers[name] += 1;
  }
  return {
    ours: counts.ours / runs,
    peers: {
      "two runs, 10 %": peers["two runs, 10 %"] / runs,
      "raw requests": peers["raw requests"] / runs,
      benchstat: peers.benchstat / runs,
    },
    equivalent: counts.equivalent / runs,
    rounds: counts.rounds / runs,
  };
}

/** Of runs whose arms stood side by side: how they were called as a duet, and how the same blocks would have been if not. */
export function duetRates(weather: Weather, planned: number, runs: number) {
  const called = { duet: 0, inTurn: 0 };
  const equivalent = { duet: 0, inTurn: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    for (const way of ["duet", "inTurn"] as const) {
      const { verdict } = simulate(weather, planned, seed, way === "duet").judgement;
      if (CALLED.has(verdict)) called[way] += 1;
      if (verdict === "equivalent") equivalent[way] += 1;
    }
  }
  const share = (counts: typeof called) => ({ duet: counts.duet / runs, inTurn: counts.inTurn / runs });
  return { called: share(called), equivalent: share(equivalent) };
}

export function callOf(peer: Peer, { baseline, tuned }: Pick<Run, "baseline" | "tuned">, seed: number) {
  const p99s = (blocks: Run["baseline"]) => blocks.slice(0, 6).map(({ latencyMs }) => latencyMs.p99);
  return peer(p99s(baseline), p99s(tuned), noiseFrom(seed));
}

export function metricOf(metrics: readonly Metric[], name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}

/** Share of runs whose 95 % interval of p99 holds the real difference. */
export function coverage(sigma: number, rounds: number, runs: number): number {
  const real = 40;
  let held = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const noise = noiseFrom(seed);
    const arm = (typical: number) =>
      Array.from({ length: rounds }, (_, index) => {
        const p99Ms = typical + sigma * 400 * noise.normal();
        return blockOf({ p99Ms, failures: 0, drops: 0, late: false }, index + 1, noise);
      });
    const metric = metricOf(judged({ baseline: arm(400), tuned: arm(400 + real) }, 1).metrics, "latency-p99");
    if (metric?.ci && metric.ci[0] <= real && real <= metric.ci[1]) held += 1;
  }
  return held / runs;
}

/** Of the runs that ask for more rounds of p99, the share in which as many did settle it. */
export function roundsNeededRight(
  factor: number,
  sigma: number,
  had: number,
  runs: number,
): { share: number; asked: number } {
  let asked = 0;
  let right = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const noise = noiseFrom(seed);
    const next = slower(factor, sigma)(noise);
    const arm = (role: "baseline" | "tuned", from: number, count: number) =>
      Array.from({ length: count }, (_, index) => blockOf(next(role, from + index, 0), from + index + 1, noise));
    const first = { baseline: arm("baseline", 0, had), tuned: arm("tuned", 0, had) };
    const more = metricOf(judged(first, 1).metrics, "latency-p99")?.roundsNeeded;
    if (more == null) continue;
    asked += 1;
    const all = {
      baseline: [...first.baseline, ...arm("baseline", had, more)],
      tuned: [...first.tuned, ...arm("tuned", had, more)],
    };
    if (metricOf(judged(all, 1).metrics, "latency-p99")?.state === "settled") right += 1;
  }
  return { share: asked === 0 ? Number.NaN : right / asked, asked };
}

/** Share of runs in which an effect of the size that a run says it could see is found in another such run. */
export function smallestVisibleFound(sigma: number, rounds: number, runs: number): number {
  let found = 0;
  let asked = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const noise = noiseFrom(seed);
    const arm = (typical: number) =>
      Array.from({ length: rounds }, (_, index) =>
        blockOf(
          { p99Ms: typical + sigma * 400 * noise.normal(), failures: 0, drops: 0, late: false },
          index + 1,
          noise,
        ),
      );
    const size = metricOf(
      judged({ baseline: arm(400), tuned: arm(400) }, 1).metrics,
      "latency-p99",
    )?.smallestDetectable;
    if (size == null) continue;
    asked += 1;
    const then = judged({ baseline: arm(400), tuned: arm(400 + size) }, 1).metrics;
    if (metricOf(then, "latency-p99")?.verdict === "regressed") found += 1;
  }
  return found / asked;
}
