/** One stretch of load on the targets, watched second by second and stopped as soon as a guard says so. */
import { setTimeout as sleep } from "node:timers/promises";
import { HistogramSum, quantilesMs } from "../../analysis/histogram.ts";
import { type Guards, guardsOf } from "../../analysis/rehearsal/guards.ts";
import { withScope } from "../../experiment/block/scope.ts";
import type { LiveSecond } from "../../load/live-merge.ts";
import type { LoadEnd } from "../../load/load.ts";
import { addCounts } from "../../load/merge.ts";
import type { Schedule } from "../../load/schedule/schedule.ts";
import { type Agents, areThere } from "../../probes/agents.ts";
import { apart } from "../../probes/clock.ts";
import { flushSources } from "../../probes/conntrack.ts";
import { NO_SAMPLING, type NodeTrace, type Sampling, startSampling } from "../../probes/sampler.ts";
import type { HopReading, RehearsedSecond, RehearsedStage } from "../../result/rehearsal.ts";
import type { RehearsalGround } from "./ground.ts";
import { deployLoads, type StageLoads } from "./loads.ts";
import { readingsOf, type WorkersPorts, withOthers } from "./readings.ts";
import { Seconds } from "./seconds.ts";

const SAMPLE_INTERVAL_MS = 500;
/** How often seconds are looked for that are waited for no longer. */
const LAPSE_MS = 100;

export interface StageOrder {
  readonly kind: RehearsedStage["kind"];
  /** Of all stages, in order. */
  readonly number: number;
  readonly ratePerSecond: number;
  readonly schedule: Schedule;
  readonly durationS: number;
  /** Whether it is long enough for the state that it builds up. */
  readonly steady: boolean;
  /** Null: the load opens no connections. */
  readonly ports: WorkersPorts | null;
}

export interface Watching {
  /** Told of each second as soon as it is whole, or is waited for no longer. */
  onSecond(second: RehearsedSecond, guards: Guards, startUnixMs: number): void;
  /** Told of each load's seconds as they come; true: what the plan lets fail is spent, and all load stops. */
  isSpent(second: LiveSecond): boolean;
  /**
   * Done to the cluster meanwhile, from the load's start on; the signal aborts when the load has ended, or was stopped.
   * Whatever it has begun is undone when it settles.
   */
  meanwhile?(startUnixMs: number, until: AbortSignal): Promise<void>;
}

/** From a table without entries of ours to a table without entries of ours. */
export function runStage(ground: RehearsalGround, order: StageOrder, watching: Watching): Promise<RehearsedStage> {
  const { agents, nodes, plan, signal } = ground;
  return withScope(async (scope) => {
    const leadMs = Math.max(1_000, 250 * plan.load.workers * ground.targets.length);
    const durationMs = leadMs + order.durationS * 1000 + plan.load.timeoutMs + 2_000;
    const guards = guardsOf(plan.slos, order);
    const seen: RehearsedSecond[] = [];
    const over = new AbortController();
    let [startUnixMs, startOnNodesMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const broken: { breach: RehearsedStage["breach"] } = { breach: null };
    let spentAtS: number | null = null;
    let stopping: Promise<void> | undefined;
    let stop = async () => {};

    const seconds = new Seconds({
      loads: ground.targets.length,
      nodes: areThere(agents) ? agents.nodes : [],
      kernelOf: (node) => nodes.bootIds[node] ?? node,
      emit(second) {
        // What ends after the load is still the stage's: guards count it in its last second.
        const isLate = second.atS >= order.durationS;
        if (!isLate) seen.push(second);
        const spent = guards.second(second);
        if (!isLate) watching.onSecond(second, guards, startUnixMs);
        if (spent === null || spentAtS !== null) return;
        const ratePerSecond = second.load?.scheduled ?? order.ratePerSecond;
        broken.breach = { slo: spent.slo, atS: spent.atS, ratePerSecond, stoppedAfterS: null };
        over.abort();
        stopping = stop();
      },
    });
    const loads = await deployLoads(ground, {
      ...{ kind: order.kind, schedule: order.schedule, number: order.number },
      onSecond(load, second) {
        seconds.load(load, second);
        if (!watching.isSpent(second) || broken.breach !== null || spentAtS !== null) return;
        spentAtS = second.atS + 1;
        over.abort();
        stopping = stop();
      },
    });
    scope.defer(() => loads.remove());
    // Before they are removed, so that their addresses are still theirs alone.
    if (areThere(agents)) scope.defer(() => removeEntries(agents, loads));
    signal.throwIfAborted();

    stop = loads.stop;
    const onTick = (node: string, tick: NodeTrace["ticks"][number]) => {
      if (Number.isFinite(startOnNodesMs)) seconds.tick(node, tick.atUnixMs - startOnNodesMs, tick);
    };
    const how = { intervalMs: SAMPLE_INTERVAL_MS, durationMs, onTick, signal };
    const sampling: Sampling = areThere(agents) ? startSampling(agents, podsByNode(ground), how) : NO_SAMPLING;
    scope.defer(() => sampling.end());
    await sampling.started;

    startUnixMs = Date.now() + leadMs;
    startOnNodesMs = startUnixMs + apart(sampling.clockAheadMs(nodes.client));
    const lapsing = setInterval(() => seconds.lapse(Date.now() - startUnixMs), LAPSE_MS);
    scope.defer(() => clearInterval(lapsing));
    const onAbort = () => over.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    scope.defer(() => signal.removeEventListener("abort", onAbort));

    await loads.start(startOnNodesMs);
    const meanwhile = watching.meanwhile?.(startUnixMs, over.signal) ?? Promise.resolve();
    const ends = await loads.end().finally(() => over.abort());
    const endedUnixMs = Date.now();
    await stopping;
    await meanwhile;
    clearInterval(lapsing);
    // The last second's lines and samples are on their way.
    await sleep(SAMPLE_INTERVAL_MS + LAPSE_MS, undefined, { signal });
    sampling.end();
    const { breach } = broken;
    const ranS = Math.min(order.durationS, breach?.atS ?? spentAtS ?? order.durationS);
    seconds.end(ranS);
    const traces = await sampling.traces;
    const elsewhere = await ground.readings.over(startUnixMs, endedUnixMs, signal);
    return document(ground, order, {
      ends,
      iterations: loads.iterations(),
      traces,
      elsewhere,
      startUnixMs,
      startOnNodesMs,
      seen,
      guards,
      breach,
      spentAtS,
      ranS,
    });
  });
}

interface Ended {
  readonly ends: readonly LoadEnd[];
  /** Of a k6 script; null: the load is none. */
  readonly iterations: number | null;
  readonly traces: readonly NodeTrace[];
  readonly elsewhere: readonly HopReading[];
  readonly startUnixMs: number;
  readonly startOnNodesMs: number;
  readonly seen: readonly RehearsedSecond[];
  readonly guards: Guards;
  readonly breach: RehearsedStage["breach"];
  /** When as much had failed as the plan lets, and the load was stopped; null: it had not. */
  readonly spentAtS: number | null;
  readonly ranS: number;
}

function document(ground: RehearsalGround, order: StageOrder, ended: Ended): RehearsedStage {
  const { ends, breach, spentAtS } = ended;
  const [latency, lag] = [new HistogramSum(), new HistogramSum()];
  const outcomes: RehearsedStage["outcomes"] = { ok: 0 };
  for (const { merged } of ends) {
    latency.merge(merged.histograms.latency);
    lag.merge(merged.histograms.scheduleLag);
    addCounts(outcomes, merged.outcomes);
  }
  const quantiles = quantilesMs(latency);
  const lostShare =
    ends.reduce((sum, { lost }) => sum + lost.reduce((all, { share }) => all + share, 0), 0) / ends.length;
  const reported = ends.some(({ merged }) => merged.workers > 0);
  // Whom nobody told to stop has lost the one who leads it, and sent less than was planned.
  const wasCut = breach === null && spentAtS === null && ends.some(({ merged }) => merged.stopped.length > 0);
  return {
    kind: order.kind,
    ratePerSecond: order.ratePerSecond,
    durationS: order.durationS,
    startedAt: new Date(ended.startUnixMs).toISOString(),
    end:
      breach !== null ? "guard" : spentAtS !== null ? "called-off" : reported && !wasCut ? "completed" : "load-failed",
    ranS: ended.ranS,
    outcomes,
    latencyMs: quantiles && { p50: quantiles.p50, p99: quantiles.p99, max: quantiles.max },
    seconds: [...ended.seen],
    slos: ended.guards.states(),
    breach: breach && { ...breach, stoppedAfterS: stoppedAfterS(ends, breach.atS) },
    readings: withOthers(readingsOf(ground, ended, order.ports), ended.elsewhere),
    load: {
      lagP99Ms: lag.quantileMs(0.99),
      saturated: ends.flatMap(({ merged }) => merged.saturated),
      lostShare: Math.min(1, lostShare),
      ...(ended.iterations === null ? {} : { iterations: ended.iterations }),
    },
    steady: order.steady && breach === null && spentAtS === null,
  };
}

/** From when on no worker sent any more, after a guard's second; null: one of them did not say. */
function stoppedAfterS(ends: readonly LoadEnd[], atS: number): number | null {
  const stops = ends.flatMap(({ merged }) => merged.stopped.map(({ atMs }) => atMs));
  const workers = ends.reduce((sum, { merged, lost }) => sum + merged.workers + lost.length, 0);
  return stops.length < workers ? null : Math.max(0, Math.max(...stops) / 1000 - atS);
}

/** The targets' pods, as far as they are on nodes with an agent. */
function podsByNode({ targets }: RehearsalGround): ReadonlyMap<string, readonly string[]> {
  const byNode = new Map<string, string[]>();
  for (const { node, uid } of targets.flatMap(({ pods }) => pods))
    byNode.set(node, [...new Set([...(byNode.get(node) ?? []), uid])]);
  return byNode;
}

/** Of connections that our workers opened: nobody else's to the same Service. */
async function removeEntries(agents: Agents, { loads }: StageLoads): Promise<void> {
  const sources = loads.flatMap(({ workers }) => workers.flatMap(({ ip }) => (ip === "" ? [] : [ip])));
  if (sources.length === 0) return;
  await Promise.all(agents.nodes.map((node) => flushSources(agents, node, sources)));
}
