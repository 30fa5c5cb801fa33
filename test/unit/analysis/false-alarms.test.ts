/**
 * How often the verdicts are wrong, by simulation: whole comparisons of five rounds with an A/A pair, drawn from
 * generators that are noisy, bursty and heavy-tailed, in which loss shows in every metric at once, as it does in life.
 */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { overall } from "../../../runner/analysis/overall.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import { judge } from "../../../runner/analysis/verdict.ts";
import { blockSchema, type Counted } from "../../../runner/result/block.ts";
import type { MetricVerdict } from "../../../runner/result/metric.ts";
import { CONNECTION_FLOOD_METRICS } from "../../../suites/connection-flood/analysis/metrics.ts";
import { uncheckedBlock } from "./blocks.ts";

const CHECKED = blockSchema(z.unknown());
const ROUNDS = 5;
const SCHEDULED = 6_000;

/** What a block would have seen; `base` is one block's quiet p99. */
interface Weather {
  /** Packets dropped. */
  readonly drops: () => number;
  /** p99 in ms of the requests that lost nothing. */
  readonly p99: () => number;
}

const uniform = seededUniform(20_260_101);
const normal = normalFrom(uniform);
const lognormal = (typical: number, sigma: number) => typical * Math.exp(sigma * normal());
const poisson = (mean: number) => {
  let count = 0;
  for (let product = uniform(); product > Math.exp(-mean); product *= uniform()) count += 1;
  return count;
};

const WEATHER: Record<string, Weather> = {
  "quiet and noisy": { drops: () => 0, p99: () => Math.max(0.5, 8 + 4 * normal()) },
  "heavy-tailed latency": { drops: () => 0, p99: () => lognormal(20, 1.2) },
  "a burst now and then": { drops: () => (uniform() < 0.2 ? lognormal(400, 1) : 0), p99: () => lognormal(5, 0.3) },
  "a burst every other block": { drops: () => (uniform() < 0.5 ? lognormal(400, 1) : 0), p99: () => lognormal(5, 0.3) },
  "rare single drops": { drops: () => poisson(2), p99: () => lognormal(5, 0.3) },
  "on the edge of the cliff": { drops: () => lognormal(300, 1.5), p99: () => lognormal(5, 0.5) },
  "deep in the cliff": { drops: () => Math.max(0, 5_000 + 800 * normal()), p99: () => lognormal(5, 0.3) },
  "two states": { drops: () => (uniform() < 0.5 ? 4_000 + 200 * normal() : 0), p99: () => lognormal(5, 0.3) },
};

/** One block under this weather: a failed request lost three SYNs; one that lost fewer came through late. */
function draw(weather: Weather, round: number): Counted {
  const drops = Math.round(Math.min(3 * SCHEDULED, weather.drops()));
  const failed = Math.floor(drops / 4);
  const late = drops - 3 * failed;
  const quiet = weather.p99();
  const waits = (share: number) =>
    failed > share * SCHEDULED ? 3_000 : failed + late > share * SCHEDULED ? 1_000 + quiet : quiet;
  return uncheckedBlock({
    round,
    scheduled: SCHEDULED,
    failures: failed > 0 ? { "connect-timeout": failed } : {},
    latencyMs: { p50: lognormal(1, 0.2), p99: waits(0.01), p999: waits(0.001) * 1.5 },
    counters: [
      { hop: "client-conntrack", deltas: { conntrackDrop: drops, softnetTimeSqueeze: poisson(3) } },
      { hop: "client-ports", deltas: { synRetrans: drops - failed, timeWaitSockets: SCHEDULED - failed } },
    ],
  });
}

interface Verdicts {
  readonly overall: string;
  readonly any: Set<MetricVerdict>;
}

function comparison(before: Weather, after: Weather): Verdicts {
  const arm = (weather: Weather) => Array.from({ length: ROUNDS }, (_, index) => draw(weather, index + 1));
  const baseline = arm(before);
  const tuned = arm(after);
  const metrics = judge(CONNECTION_FLOOD_METRICS, baseline, tuned, [draw(before, 0), draw(before, 0)]);
  return {
    overall: overall({ metrics, baseline, tuned, comparability: { comparable: true } }).verdict,
    any: new Set(metrics.map((metric) => metric.verdict)),
  };
}

function shareOf(repeats: number, before: Weather, after: Weather, counts: (verdicts: Verdicts) => boolean): number {
  let hits = 0;
  for (let i = 0; i < repeats; i++) if (counts(comparison(before, after))) hits += 1;
  return hits / repeats;
}

const weather = (name: string): Weather => {
  const found = WEATHER[name];
  if (!found) throw new Error(`no weather ${name}`);
  return found;
};

describe("arms that do not differ", () => {
  const repeats = 300;

  it("are drawn as blocks that a run could have had", () => {
    for (const each of Object.values(WEATHER)) expect(CHECKED.safeParse(draw(each, 1)).error).toBeUndefined();
  });

  it("are called different in fewer than 1 comparison of 100, over eight kinds of noise", () => {
    const each = 100;
    const alarms = Object.entries(WEATHER).map(([name, same]) => ({
      name,
      count: each * shareOf(each, same, same, ({ any }) => any.has("improved") || any.has("regressed")),
    }));
    // 3 of 800 at most: with 95 % confidence the rate is then below 1 % (Clopper and Pearson: 0.97 %).
    expect(alarms.reduce((total, { count }) => total + count, 0)).toBeLessThanOrEqual(3);
    // No single kind of noise hides behind the others: at a rate of 1 %, more than 3 of 100 come once in 50 times.
    for (const { name, count } of alarms) expect(count, name).toBeLessThanOrEqual(3);
  }, 60_000);

  it("are called equivalent reasonably often when the noise is moderate", () => {
    const moderate: Weather = { drops: () => 0, p99: () => lognormal(6, 0.25) };
    expect(shareOf(repeats, moderate, moderate, ({ overall }) => overall === "equivalent")).toBeGreaterThan(0.9);
    const noisy = weather("quiet and noisy");
    expect(shareOf(repeats, noisy, noisy, ({ overall }) => overall === "equivalent")).toBeGreaterThan(0.5);
  }, 60_000);
});

describe("arms that differ strongly", () => {
  const repeats = 300;

  it("are found in at least 99 of 100 comparisons: a cliff removed, a cliff made", () => {
    const cliff = weather("deep in the cliff");
    const cured = weather("quiet and noisy");
    expect(shareOf(repeats, cliff, cured, ({ overall }) => overall === "improved")).toBeGreaterThanOrEqual(0.99);
    expect(shareOf(repeats, cured, cliff, ({ overall }) => overall === "regressed")).toBeGreaterThanOrEqual(0.99);
  }, 60_000);

  it("are found mostly even when the baseline comes in bursts of very different size", () => {
    const bursty: Weather = { drops: () => lognormal(3_000, 0.8), p99: () => lognormal(5, 0.3) };
    const cured = weather("quiet and noisy");
    const found = shareOf(repeats, bursty, cured, ({ overall }) => overall === "improved");
    expect(found).toBeGreaterThan(0.8);
  }, 60_000);
});
