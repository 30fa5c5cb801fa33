/** What is dropped before any load of ours: read as a stage reads it, on a cluster that others use as well. */
import { setTimeout as sleep } from "node:timers/promises";
import { mostPerSecond } from "../../analysis/rehearsal/idle.ts";
import { areThere } from "../../probes/agents.ts";
import { apart } from "../../probes/clock.ts";
import { type NodeTrace, startSampling } from "../../probes/sampler.ts";
import { followPods } from "./follow-pods.ts";
import type { Idle, RehearsalGround } from "./ground.ts";
import { readingsOf, withOthers } from "./readings.ts";
import { DROPS, dropKey } from "./seconds.ts";

const IDLE_S = 10;
const SAMPLE_INTERVAL_MS = 500;
/** The agents' samples stop by themselves if nobody ends them. */
const SLACK_MS = 10_000;
/** Between two samples of Prometheus nothing is counted. */
const LEAST_SCRAPES = 2;

type Bare = Omit<RehearsalGround, "idle">;

export async function readIdle(ground: Bare): Promise<Idle> {
  const { agents, nodes, readings, signal } = ground;
  const lengthMs = 1000 * Math.max(IDLE_S, LEAST_SCRAPES * (readings.everyS ?? 0));
  if (!areThere(agents) && readings.everyS === null) return { document: null, keys: new Set(), perSecond: 0 };
  const how = { intervalMs: SAMPLE_INTERVAL_MS, durationMs: lengthMs + SLACK_MS, signal };
  const sampling = areThere(agents) ? startSampling(agents, new Map(), how) : null;
  await sampling?.started;
  const { pods, sampleBy, stop } = await followPods(ground);
  if (sampling) sampleBy(sampling);
  const fromUnixMs = Date.now();
  try {
    await sleep(lengthMs, undefined, { signal });
  } finally {
    stop();
    sampling?.end();
  }
  const traces = (await sampling?.traces) ?? [];
  const untilUnixMs = Date.now();
  const startOnNodesMs = fromUnixMs + (sampling ? apart(sampling.clockAheadMs(nodes.client)) : 0);
  const own = readingsOf(ground, { ends: [], traces, startOnNodesMs, pods }, null);
  const all = withOthers(own, await readings.over(fromUnixMs, untilUnixMs, signal));
  const seconds = (untilUnixMs - fromUnixMs) / 1000;
  const risen = risenIn(traces, (node) => nodes.bootIds[node] ?? node);
  return {
    document: { seconds, readings: all.filter(({ lost }) => lost !== null) },
    keys: new Set(risen.keys()),
    perSecond: [...risen.values()].reduce((sum, count) => sum + mostPerSecond(count, seconds), 0),
  };
}

/** What each counter of drops rose by, by its key; those that stood still are left out. */
export function risenIn(traces: readonly NodeTrace[], kernelOf: (node: string) => string): Map<string, number> {
  const first = new Map<string, number>();
  const rises = new Map<string, number>();
  for (const { node, ticks } of traces) {
    for (const { where, counters } of ticks.flatMap(({ samples }) => samples)) {
      for (const name of DROPS) {
        const value = counters[name];
        if (value === undefined) continue;
        const key = dropKey(where, name, node, kernelOf);
        const rise = value - (first.get(key) ?? value);
        if (!first.has(key)) first.set(key, value);
        if (rise > 0) rises.set(key, Math.max(rise, rises.get(key) ?? 0));
      }
    }
  }
  return rises;
}
