import { setTimeout as sleep } from "node:timers/promises";
import { build, type Histogram } from "hdr-histogram-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TimelineLine } from "../../programs/node-worker/undici/timeline.ts";
import type { Load, LoadEnd } from "../../runner/load/load.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { LoadSpec } from "../../runner/load/spec.ts";
import { holdOfTheLab } from "./hold.ts";
import { runLoad, total } from "./run-load.ts";
import { sharedLab } from "./shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "./web-load.ts";
import { processOf } from "./worker-process.ts";

const testing = sharedLab();
let nodes: readonly string[];
let workload: WebUnderLoad;

let giveBack: () => void;

beforeAll(async () => {
  giveBack = await holdOfTheLab("test-run-definition");
  const opened = await testing.open();
  nodes = opened.lab.nodes;
  workload = await deployWebUnderLoad(opened);
  // Their workers start together, and each load waits at its gate for its test.
  for (const name of Object.keys(LOADS)) deployed.set(name, deploy(name));
  await Promise.allSettled(deployed.values());
});
afterAll(async () => {
  await testing.leave();
  giveBack();
});

/** 4 workers over both nodes, 400 requests a second for 1 s. */
const OPEN: LoadSpec = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(400, 1_000),
  timeoutMs: 8_000,
  workers: 4,
};
const CLOSED: LoadSpec = {
  model: "closed",
  placement: "all-nodes",
  connections: 8,
  durationMs: 1_000,
  timeoutMs: 8_000,
  workers: 2,
};
/** Long enough to be cut in its middle, also by who is late. */
const LONGER = { ...OPEN, schedule: constant(200, 4_000) };

interface EngineLoad {
  readonly engine: string;
  readonly load: LoadSpec;
  readonly onTimeline?: (worker: number, line: string) => void;
}

const timelines: string[] = [];
const LOADS: Readonly<Record<string, EngineLoad>> = {
  spread: { engine: "undici", load: OPEN, onTimeline: (_worker, line) => timelines.push(line) },
  refused: { engine: "flood", load: { ...OPEN, timeoutMs: 999_999_999 } },
  cut: { engine: "flood", load: LONGER },
  flood: { engine: "flood", load: OPEN },
  k6: { engine: "k6", load: { ...OPEN, workers: 2 } }, // each is a second of CPU to start
  autocannon: { engine: "autocannon", load: CLOSED },
};
const deployed = new Map<string, Promise<Load>>();

function loadOf(name: string): EngineLoad {
  const found = LOADS[name];
  if (!found) throw new Error(`there is no load ${name}`);
  return found;
}

async function deploy(name: string): Promise<Load> {
  const { engine, load, onTimeline } = loadOf(name);
  return workload.deploy(`load-${name}`, engine, load, onTimeline ? { onTimeline } : {});
}

async function run(name: string, during?: Parameters<typeof runLoad>[2]): Promise<LoadEnd> {
  return runLoad(await (deployed.get(name) ?? deploy(name)), Date.now() + 1_000, during);
}

describe("a load spread over nodes", () => {
  test("begins on one clock edge, and its merged histogram is that of all samples", async () => {
    const samples: Histogram = build({ highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });
    const pods = new Set<string>();
    let placed: readonly string[] = [];
    let edgeUnixMs = Number.POSITIVE_INFINITY;
    const { merged, lost } = await run("spread", async ({ workers }, startAtUnixMs) => {
      edgeUnixMs = startAtUnixMs;
      placed = workers.map((worker) => worker.node);
    });
    for (const line of timelines) {
      const { at, end, pod } = TimelineLine.parse(JSON.parse(line));
      samples.recordValue(Math.round((end - at) * 1000));
      if (pod !== undefined) pods.add(pod);
    }
    expect(lost).toEqual([]);
    expect(placed).toHaveLength(4);
    // How many on each, the scheduler weighs against what else is there.
    expect([...new Set(placed)].sort()).toEqual([...nodes].sort());
    // They were ready before the start was announced: without the gate the first one would have begun then.
    expect(merged.startedAtUnixMs?.first).toBeGreaterThanOrEqual(edgeUnixMs - 1);

    const { latency } = merged.histograms;
    expect(total(merged.outcomes)).toBe(merged.scheduled);
    expect(merged.scheduled).toBe(400);
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
    const { merged, lost } = await run("cut", async ({ workers }, startAtUnixMs) => {
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

describe.each(["flood", "k6", "autocannon"])("engine %s", (name) => {
  const { load } = loadOf(name);

  test("gives the same kind of result: every request ends in one outcome, latencies and slices add up", async () => {
    const { merged, lost } = await run(name);
    expect(lost).toEqual([]);
    expect(merged.workers).toBe(load.workers);
    expect(total(merged.outcomes)).toBe(merged.scheduled);
    expect(merged.scheduled).toBeGreaterThan(100);
    if (load.model === "open") expect(Math.abs(merged.scheduled - 400)).toBeLessThanOrEqual(load.workers);
    expect(merged.outcomes.ok / merged.scheduled).toBeGreaterThan(0.98);
    expect(merged.histograms.okLatency.count).toBe(merged.outcomes.ok);
    expect(merged.histograms.latency.count).toBe(merged.sent);
    expect(merged.slices.reduce((sum, slice) => sum + slice.scheduled, 0)).toBe(merged.scheduled);
    expect(merged.histograms.connect.count).toBeGreaterThanOrEqual(merged.outcomes.ok);
    expect(merged.cpuSeconds).toBeGreaterThan(0);
  });
});

test("a worker that refuses its task is quoted, and nothing of it stays", async () => {
  await expect(run("refused")).rejects.toThrow(/timeoutMs must be from 1 to/);
});
