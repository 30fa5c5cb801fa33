import { setTimeout as sleep } from "node:timers/promises";
import { build, type Histogram } from "hdr-histogram-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TimelineLine } from "../../programs/node-worker/undici/timeline.ts";
import type { HttpTask } from "../../runner/load/engines/engine.ts";
import type { Load, LoadEnd, LoadOptions } from "../../runner/load/load.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { LoadSpec } from "../../runner/load/spec.ts";
import { runLoad, total } from "./run-load.ts";
import { sharedLab } from "./shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "./web-load.ts";
import { processOf } from "./worker-process.ts";

const testing = sharedLab();
let nodes: readonly string[];
let workload: WebUnderLoad;

beforeAll(async () => {
  const { lab, cluster } = await testing.open();
  nodes = lab.nodes;
  workload = await deployWebUnderLoad(lab, cluster);
});
afterAll(() => testing.leave());

/** 4 workers over both nodes, 400 requests a second for 2 s. */
const OPEN: LoadSpec = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(400, 2_000),
  timeoutMs: 8_000,
  workers: 4,
};
const CLOSED: LoadSpec = {
  model: "closed",
  placement: "all-nodes",
  connections: 8,
  durationMs: 2_000,
  timeoutMs: 8_000,
  workers: 2,
};

function deploy(engineName: string, load: LoadSpec, more: Partial<LoadOptions<HttpTask>> = {}): Promise<Load> {
  return workload.deploy(`load-${engineName}`, engineName, load, more);
}

async function run(
  engineName: string,
  load: LoadSpec,
  more: Partial<LoadOptions<HttpTask>> = {},
  during?: Parameters<typeof runLoad>[2],
): Promise<LoadEnd> {
  const deployed = await deploy(engineName, load, more);
  return runLoad(deployed, Date.now() + 1_500, during);
}

describe("a load spread over nodes", () => {
  test("begins on one clock edge, and its merged histogram is that of all samples", async () => {
    const samples: Histogram = build({ highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });
    const pods = new Set<string>();
    const onTimeline = (_worker: number, line: string) => {
      const { at, end, pod } = TimelineLine.parse(JSON.parse(line));
      samples.recordValue(Math.round((end - at) * 1000));
      if (pod !== undefined) pods.add(pod);
    };
    let placed: readonly string[] = [];
    const { merged, lost } = await run("undici", OPEN, { onTimeline }, async ({ workers }) => {
      placed = workers.map((worker) => worker.node);
    });
    expect(lost).toEqual([]);
    expect(placed.filter((node) => node === nodes[0])).toHaveLength(2);
    expect(placed.filter((node) => node === nodes[1])).toHaveLength(2);
    const { first = 0, last = 0 } = merged.startedAtUnixMs ?? {};
    // Without the gate it would be seconds: as much as pods take to start.
    expect(last - first).toBeLessThan(500);

    const { latency } = merged.histograms;
    expect(total(merged.outcomes)).toBe(merged.scheduled);
    expect(merged.scheduled).toBe(800);
    expect(latency.count).toBe(samples.totalCount);
    for (const percent of [1, 5, 25, 50, 75, 90, 95, 99, 99.9, 100]) {
      const ofAllUs = samples.getValueAtPercentile(percent);
      // Timelines are written to the µs, begin and end each: up to 2 µs, and a histogram's own step of a thousandth.
      const off = Math.abs((latency.quantileMs(percent / 100) ?? 0) * 1000 - ofAllUs);
      expect(off, `p${percent}`).toBeLessThanOrEqual(2 + ofAllUs / 500);
    }
    expect([...pods].sort()).toEqual(workload.web.pods.map((pod) => pod.name).sort());
  });

  test("loses a worker to kill -9, and says which, why, and what share of the load it was", async () => {
    const { merged, lost } = await run("flood", OPEN, {}, async ({ workers }, startAtUnixMs) => {
      const victim = workers[2];
      if (!victim) throw new Error("a third worker expected");
      await sleep(startAtUnixMs + 1_000 - Date.now()); // in the middle of the load
      process.kill(processOf(victim.uid, "flood"), "SIGKILL");
    });
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ worker: 2, share: 0.25 });
    expect(lost[0]?.because).toContain("exit code 137");
    expect(nodes).toContain(lost[0]?.node);
    expect(merged.workers).toBe(3);
    expect(merged.scheduled).toBe(600);
    expect(merged.outcomes).toEqual({ ok: 600 });
  });
});

describe.each([
  ["flood", OPEN],
  ["k6", OPEN],
  ["autocannon", CLOSED],
] as const)("engine %s", (name, load) => {
  test("gives the same kind of result: every request ends in one outcome, latencies and slices add up", async () => {
    const { merged, lost } = await run(name, load);
    expect(lost).toEqual([]);
    expect(merged.workers).toBe(load.workers);
    expect(total(merged.outcomes)).toBe(merged.scheduled);
    expect(merged.scheduled).toBeGreaterThan(100);
    if (load.model === "open") expect(Math.abs(merged.scheduled - 800)).toBeLessThanOrEqual(load.workers);
    expect(merged.outcomes.ok / merged.scheduled).toBeGreaterThan(0.98);
    expect(merged.histograms.okLatency.count).toBe(merged.outcomes.ok);
    expect(merged.histograms.latency.count).toBe(merged.sent);
    expect(merged.slices.reduce((sum, slice) => sum + slice.scheduled, 0)).toBe(merged.scheduled);
    expect(merged.histograms.connect.count).toBeGreaterThanOrEqual(merged.outcomes.ok);
    expect(merged.cpuSeconds).toBeGreaterThan(0);
  });
});

test("a worker that refuses its task is quoted, and nothing of it stays", async () => {
  await expect(deploy("flood", { ...OPEN, timeoutMs: 999_999_999 })).rejects.toThrow(/timeoutMs must be from 1 to/);
});
