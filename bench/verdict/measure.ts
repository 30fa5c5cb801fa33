/** Rates over many made-up runs. */
import { smallestP } from "../../runner/analysis/mann-whitney.ts";
import type { Block } from "../../runner/result/block.ts";
import type { Metric } from "../../runner/result/metric.ts";
import { benchstatP, PEERS, type Peer } from "./peers.ts";
import { noiseFrom } from "./random.ts";
import { blockOf, judged, METRICS, type Run, simulate } from "./runs.ts";
import { slower, type Weather } from "./weather.ts";

/** Blocks an arm. */
const PEERS_GET = 6;
const CALLED = new Set(["improved", "regressed"]);

export interface OurRates {
  /** Share of runs in which a difference was called, 0–1. */
  readonly ours: number;
  readonly equivalent: number;
  readonly rounds: number;
}

export interface Rates extends OurRates {
  readonly peers: Readonly<Record<keyof typeof PEERS, number>>;
}

export function ourRates(weather: Weather, planned: number, runs: number): OurRates {
  return shares(Array.from({ length: runs }, (_, index) => simulate(weather, planned, index + 1)));
}

function shares(runs: readonly Run[]): OurRates {
  const share = (isIn: (verdict: Run["judgement"]["verdict"]) => boolean) =>
    runs.filter(({ judgement }) => isIn(judgement.verdict)).length / runs.length;
  return {
    ours: share((verdict) => CALLED.has(verdict)),
    equivalent: share((verdict) => verdict === "equivalent"),
    rounds: runs.reduce((total, { rounds }) => total + rounds, 0) / runs.length,
  };
}

/** @param planned rounds; peers get the first six */
export function ratesOf(weather: Weather, planned: number, runs: number): Rates {
  const all = Array.from({ length: runs }, (_, index) => simulate(weather, planned, index + 1));
  const calledBy = (peer: Peer) => all.filter((run, index) => callOf(peer, run, index + 1) !== null).length / runs;
  return {
    ...shares(all),
    peers: {
      "two runs, 10 %": calledBy(PEERS["two runs, 10 %"]),
      "raw requests": calledBy(PEERS["raw requests"]),
      benchstat: calledBy(PEERS.benchstat),
    },
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

/** The first blocks of an arm, as peers get them. */
function valuesOf(blocks: Run["baseline"], of: (block: Block) => number): number[] {
  return blocks.slice(0, PEERS_GET).map(of);
}

export const p99Of = ({ latencyMs }: Block) => latencyMs.p99;
export const failedOf = ({ scheduled, outcomes }: Block) => scheduled - outcomes.ok;

export function callOf(peer: Peer, { baseline, tuned }: Pick<Run, "baseline" | "tuned">, seed: number) {
  return peer(valuesOf(baseline, p99Of), valuesOf(tuned, p99Of), noiseFrom(seed));
}

/** Shares of runs, 0–1. */
interface Both {
  readonly ours: number;
  readonly benchstat: number;
}

/** The smallest p that the ranks of so few blocks can have. */
const STRICTEST = smallestP(PEERS_GET, PEERS_GET);

/**
 * What benchstat finds of one value of the blocks where it is as seldom wrong as we are: its level is what leaves it with our share
 * of false positives among the same runs without a difference. A test of ranks has few levels; between two of them is drawn
 * (Lehmann & Romano, "Testing Statistical Hypotheses", chapter 3), which is a share of the runs at the border. Where we are wrong
 * less often than it can be, it has its strictest level, and is wrong more often.
 */
export function atEqualRate(
  { alike, differing, of }: { readonly alike: Weather; readonly differing: Weather; of(block: Block): number },
  runs: number,
): { readonly found: Both; readonly wrong: Both } {
  const seenIn = (weather: Weather) => {
    const all = Array.from({ length: runs }, (_, index) => simulate(weather, PEERS_GET, index + 1));
    const ps = all.map(({ baseline, tuned }) => benchstatP(valuesOf(baseline, of), valuesOf(tuned, of)));
    return { called: shares(all).ours, share: (isIn: (p: number) => boolean) => ps.filter(isIn).length / runs, ps };
  };
  const [without, withIt] = [seenIn(alike), seenIn(differing)];
  const border =
    [...new Set(without.ps)].sort((a, b) => a - b).find((p) => without.share((one) => one <= p) > without.called) ?? 1;
  const below = without.share((p) => p < border);
  const drawn = (without.called - below) / without.share((p) => p === border);
  const calledIn = ({ share }: typeof without) =>
    Math.max(
      share((p) => p < border) + drawn * share((p) => p === border),
      share((p) => p <= STRICTEST),
    );
  return {
    found: { ours: withIt.called, benchstat: calledIn(withIt) },
    wrong: { ours: without.called, benchstat: calledIn(without) },
  };
}

export function metricOf(metrics: readonly Metric[], name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}

const P99_ALONE = METRICS.filter(({ name }) => name === "latency-p99");

/** Share of runs whose 95 % interval of p99 holds the real difference. */
export function coverage(sigma: number, rounds: number, runs: number): number {
  const real = 40;
  let held = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const noise = noiseFrom(seed);
    const arm = (typical: number) =>
      Array.from({ length: rounds }, (_, index) => {
        const p99Ms = typical + sigma * 400 * noise.normal();
        return blockOf({ p99Ms, failures: 0, resets: 0, drops: 0, late: false }, index + 1, noise);
      });
    const { metrics } = judged({ baseline: arm(400), tuned: arm(400 + real) }, 1, false, P99_ALONE);
    const metric = metricOf(metrics, "latency-p99");
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
          { p99Ms: typical + sigma * 400 * noise.normal(), failures: 0, resets: 0, drops: 0, late: false },
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
