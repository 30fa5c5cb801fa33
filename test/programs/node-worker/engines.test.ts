import { describe, expect, test } from "vitest";
import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { closedAfterEach } from "./closed-after-each.ts";
import { answering, misbehaving } from "./servers.ts";
import { saturate, trace } from "./worker.ts";

const started = closedAfterEach();
const histogram = (encoded: string) => {
  const sum = new HistogramSum();
  sum.add(encoded);
  return sum;
};

describe("undici, open loop", () => {
  test("a timeline tells each step of a request, in order", async () => {
    const { address, accepted } = await started(answering({ delayMs: 20 }));
    const { report, timelines } = await trace(address);
    expect(report.outcomes).toEqual({ ok: 40 });
    expect(accepted()).toBe(40);
    expect(timelines.map((line) => line.n).sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    for (const line of timelines) {
      const steps = [line.at, line.go, line.con, line.req, line.fb, line.end].map(Number);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      expect(Number(line.fb) - Number(line.req)).toBeGreaterThan(15);
      expect(line).toMatchObject({ st: 200, pod: "web-7", ip: "127.0.0.1", out: "ok" });
      expect(line.lp).toBeGreaterThan(1024);
    }
    expect(new Set(timelines.map((line) => line.lp)).size).toBe(40);
  });

  test("latency counts from the scheduled instant, and the schedule does not wait for the target", async () => {
    const { address } = await started(answering({ delayMs: 800 }));
    const { report, timelines } = await trace(address);
    const firstEnd = Math.min(...timelines.map((line) => line.end));
    for (const line of timelines) expect(line.go).toBeLessThan(firstEnd);
    const slowest = Math.max(...timelines.map((line) => line.end - line.at));
    // A histogram is exact to three digits.
    expect(Math.abs(Number(histogram(report.histograms.latency).quantileMs(1)) / slowest - 1)).toBeLessThan(0.002);
  });

  test("the same seed gives the same instants, another worker others", async () => {
    const { address } = await started(answering());
    const at = async (worker: number) => {
      const { timelines } = await trace(address, { arrivals: "poisson", seed: 7, worker });
      return timelines.map((line) => line.at).sort((a, b) => a - b);
    };
    const first = await at(0);
    expect(await at(0)).toEqual(first);
    expect(await at(1)).not.toEqual(first);
  });

  test("kept connections serve again, and their requests have no connect", async () => {
    const { address, accepted } = await started(answering());
    const { report, timelines } = await trace(address, { keepAlive: true });
    expect(report.outcomes).toEqual({ ok: 40 });
    expect(accepted() + report.reused).toBe(40);
    expect(report.reused).toBeGreaterThan(20);
    expect(histogram(report.histograms.connect).count).toBe(accepted());
    expect(timelines.filter((line) => line.re === 1 && line.con === undefined)).toHaveLength(report.reused);
  });

  test("targets come in turn, methods with them, and each request carries its id", async () => {
    const [a, b] = [await started(answering()), await started(answering())];
    const targets = [
      { name: "a", address: a.address },
      { name: "b", address: b.address },
    ];
    const { report, timelines } = await trace("", { targets, methods: ["GET", "POST"], keepAlive: true, worker: 5 });
    expect(report.outcomes).toEqual({ ok: 40 });
    const inOrder = [...timelines].sort((x, y) => x.n - y.n);
    expect(inOrder.slice(0, 5).map(({ to, m }) => `${m} ${to}`)).toEqual([
      "GET a",
      "GET b",
      "POST a",
      "POST b",
      "GET a",
    ]);
    // On several connections, requests may overtake each other.
    const seen = a.seen().map(({ method, id }) => `${method} ${id}`);
    const sent = inOrder.filter(({ to }) => to === "a").map(({ m, n }) => `${m} a-5-${n}`);
    expect(seen.sort()).toEqual(sent.sort());
    expect(b.seen()).toHaveLength(20);
  });

  test("a server may close a kept connection after a response, if it says so", async () => {
    const { address, accepted } = await started(answering({ requestsPerConnection: 4 }));
    const { report } = await trace(address, { keepAlive: true });
    expect(report.outcomes).toEqual({ ok: 40 });
    expect(accepted()).toBeGreaterThanOrEqual(10);
  });

  test("beyond maxTimelines good requests are sampled evenly and failed ones are still traced", async () => {
    const good = await started(answering());
    const sampled = await trace(good.address, { maxTimelines: 10 });
    expect(sampled.timelines.map((line) => line.n).sort((a, b) => a - b)).toEqual([
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36,
    ]);
    expect(sampled.report.timelinesLeftOut).toBe(30);
    const bad = await started(misbehaving("resets"));
    const failed = await trace(bad.address, { maxTimelines: 40 });
    expect(failed.timelines).toHaveLength(40);
  });

  test("a generator that is held up says so", async () => {
    const { address } = await started(answering());
    const hold = setInterval(() => {
      const until = performance.now() + 60;
      while (performance.now() < until);
    }, 70);
    try {
      const { report } = await trace(address, { stages: [{ durationMs: 600, fromPerSecond: 200, toPerSecond: 200 }] });
      expect(report.saturated.join()).toMatch(/late at p99/);
      expect(histogram(report.histograms.scheduleLag).quantileMs(0.99)).toBeGreaterThan(20);
    } finally {
      clearInterval(hold);
    }
  });
});

describe("autocannon, closed loop: what its client is trusted with", () => {
  test.each([true, false])("counts what the server answered, keepAlive %s", async (keepAlive) => {
    const { address, answered, accepted } = await started(answering());
    const { outcomes, scheduled, reused, histograms } = await saturate(address, { keepAlive });
    expect(outcomes).toEqual({ ok: answered() });
    expect(scheduled).toBe(answered());
    expect(accepted()).toBe(keepAlive ? 5 : scheduled);
    expect(reused).toBe(scheduled - accepted());
    expect(scheduled).toBeGreaterThan(5);
    expect(histogram(histograms.latency).count).toBe(scheduled);
    expect(histogram(histograms.connect).count).toBe(accepted());
    expect(histogram(histograms.scheduleLag).count).toBe(0);
  });

  test("a close that the server announced is not a failure, and no request is sent into it", async () => {
    const { address, answered, accepted } = await started(answering({ requestsPerConnection: 3 }));
    const { outcomes, scheduled } = await saturate(address);
    expect(outcomes).toEqual({ ok: answered() });
    expect(scheduled).toBe(answered());
    expect(accepted()).toBeGreaterThanOrEqual(Math.ceil(scheduled / 3));
  });

  test("latency is the server's own, and those in flight at the end are waited for", async () => {
    const { address, answered } = await started(answering({ delayMs: 150 }));
    const { outcomes, histograms } = await saturate(address, { durationMs: 100 });
    expect(outcomes).toEqual({ ok: 5 });
    expect(answered()).toBe(5);
    expect(histogram(histograms.latency).quantileMs(0)).toBeGreaterThanOrEqual(149);
  });
});
