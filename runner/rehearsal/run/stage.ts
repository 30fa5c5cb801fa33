/** One stretch of load on the targets, watched second by second and stopped as soon as a guard says so. */
import { setTimeout as sleep } from "node:timers/promises";
import { HistogramSum, quantilesMs } from "../../analysis/histogram.ts";
import { type Guards, guardsOf } from "../../analysis/rehearsal/guards.ts";
import { withIdle } from "../../analysis/rehearsal/idle.ts";
import { silenceOf } from "../../analysis/rehearsal/silence.ts";
import { failedIn, status5xxIn } from "../../analysis/rehearsal/stage-verdict.ts";
import { reasonOf } from "../../errors.ts";
import { withScope } from "../../experiment/block/scope.ts";
import type { LiveSecond } from "../../load/live-merge.ts";
import type { LoadEnd } from "../../load/load.ts";
import { addCounts } from "../../load/merge.ts";
import type { Schedule } from "../../load/schedule/schedule.ts";
import { type Agents, areThere } from "../../probes/agents.ts";
import { apart } from "../../probes/clock.ts";
import { flushSources } from "../../probes/conntrack.ts";
import { NO_SAMPLING, type NodeTrace, type Sampling, startSampling } from "../../probes/sampler.ts";
import type { HopReading, RehearsedSecond, RehearsedStage, StagePods } from "../../result/rehearsal.ts";
import { followPods, podsSampled } from "./follow-pods.ts";
import type { RehearsalGround } from "./ground.ts";
import type { Meanwhile } from "./happening.ts";
import { deployLoads, leadMs, type StageLoads } from "./loads.ts";
import { readingsOf, type WorkersPorts, withOthers } from "./readings.ts";
import { overLimit, Seconds } from "./seconds.ts";
import { SinceSeen } from "./since-seen.ts";
import type { TargetPods } from "./target-pods.ts";

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
   * Done to the cluster meanwhile, from the load's start on. Whatever it has begun is undone when it settles.
   */
  meanwhile?(meanwhile: Meanwhile): Promise<void>;
}

/** From a table without entries of ours to a table without entries of ours. */
export function runStage(ground: RehearsalGround, order: StageOrder, watching: Watching): Promise<RehearsedStage> {
  const { agents, nodes, plan, signal } = ground;
  return withScope(async (scope) => {
    const startsInMs = leadMs(plan.load.workers, ground.targets.length);
    const durationMs = startsInMs + order.durationS * 1000 + plan.load.timeoutMs + 2_000;
    const { durationS, ratePerSecond } = order;
    const guards = guardsOf(plan.slos, { durationS, ratePerSecond, idlePerSecond: ground.idle.perSecond });
    const silence = silenceOf(durationS);
    const seen: RehearsedSecond[] = [];
    const over = new AbortController();
    let [startUnixMs, startOnNodesMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const broken: Stopped = { breach: null, unwatchedAtS: null, spentAtS: null };
    let stopping: Promise<void> | undefined;
    let stopTrouble: string | null = null;
    let stop = async () => {};

    const seconds = new Seconds({
      loads: ground.targets.length,
      ...{ workers: plan.load.workers, slos: plan.slos, idle: ground.idle.keys },
      nodes: areThere(agents) ? agents.nodes : [],
      kernelOf: (node) => nodes.bootIds[node] ?? node,
      emit(read) {
        const second = ofAllPods(read);
        // What ends after the load is still the stage's: guards count it in its last second.
        const isLate = second.atS >= order.durationS;
        if (!isLate) seen.push(second);
        const spent = guards.second(second);
        if (!isLate) watching.onSecond(second, guards, startUnixMs);
        const isUnwatched = silence.isTooLong(second) && !isStopped(broken);
        if ((spent === null || broken.spentAtS !== null) && !isUnwatched) return;
        if (isUnwatched) broken.unwatchedAtS = second.atS + 1;
        if (spent) broken.breach = { slo: spent.slo, atS: spent.atS, ...rateOf(second, order), stoppedAfterS: null };
        halt();
      },
    });
    const halt = () => {
      if (stopping) return;
      over.abort();
      stopping = stop().catch((error: unknown) => {
        stopTrouble = reasonOf(error);
      });
    };
    const { pods, sampleBy, stop: stopFollowing } = await followPods(ground);
    scope.defer(stopFollowing);
    // What a pod dropped that nobody read is not known; what others did may be too much all the same.
    const allowed = Math.max(0, ...plan.slos.map(({ kind, most }) => (kind === "drops" ? most : 0)));
    const ofAllPods = (second: RehearsedSecond): RehearsedSecond => {
      const fromMs = startUnixMs + second.atS * 1000;
      if ((second.drops ?? 0) > allowed || pods.isSeenIn(fromMs, fromMs + 1000)) return second;
      return { ...second, drops: null, background: null };
    };
    const loads = await deployLoads(ground, {
      ...{ kind: order.kind, schedule: order.schedule, number: order.number },
      onSecond(load, second) {
        seconds.load(load, second);
        if (!watching.isSpent(second) || isStopped(broken)) return;
        broken.spentAtS = second.atS + 1;
        halt();
      },
    });
    scope.defer(() => loads.remove());
    // Before they are removed, so that their addresses are still theirs alone.
    if (areThere(agents)) scope.defer(() => removeEntries(agents, loads));
    signal.throwIfAborted();

    stop = loads.stop;
    const since = new Map(areThere(agents) ? agents.nodes.map((node) => [node, new SinceSeen()] as const) : []);
    const onTick = (node: string, tick: NodeTrace["ticks"][number]) => {
      pods.sampled(tick.samples, tick.atUnixMs - sampling.clockAheadMs(node));
      const samples = since.get(node)?.samples(tick.samples) ?? tick.samples;
      if (Number.isFinite(startOnNodesMs)) seconds.tick(node, tick.atUnixMs - startOnNodesMs, { samples });
    };
    const how = { intervalMs: SAMPLE_INTERVAL_MS, durationMs, onTick, signal };
    const sampling: Sampling = areThere(agents) ? startSampling(agents, new Map(), how) : NO_SAMPLING;
    scope.defer(() => sampling.end());
    await sampling.started;
    sampleBy(sampling);
    await podsSampled(pods, signal);

    startUnixMs = Date.now() + startsInMs;
    startOnNodesMs = startUnixMs + apart(sampling.clockAheadMs(nodes.client));
    const lapsing = setInterval(() => seconds.lapse(Date.now() - startUnixMs), LAPSE_MS);
    scope.defer(() => clearInterval(lapsing));
    const onAbort = () => over.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    scope.defer(() => signal.removeEventListener("abort", onAbort));

    await loads.start(startOnNodesMs);
    const meanwhile = watching.meanwhile?.({ startUnixMs, until: over.signal, pods }) ?? Promise.resolve();
    const ends = await loads.end().finally(() => over.abort());
    const endedUnixMs = Date.now();
    await stopping;
    await meanwhile;
    clearInterval(lapsing);
    // The last second's lines and samples are on their way.
    await sleep(SAMPLE_INTERVAL_MS + LAPSE_MS, undefined, { signal });
    sampling.end();
    stopFollowing();
    const { unwatchedAtS, spentAtS } = broken;
    const breach = broken.breach && { ...broken.breach, ...(stopTrouble === null ? {} : { stopTrouble }) };
    const ranS = Math.min(order.durationS, breach?.atS ?? unwatchedAtS ?? spentAtS ?? order.durationS);
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
      pods,
      // A pod that was found late was not seen before.
      seen: seen.map(ofAllPods),
      placed: pods.told(startUnixMs, Math.min(endedUnixMs, startUnixMs + ranS * 1000)),
      guards,
      breach,
      ...{ unwatchedAtS, spentAtS },
      ranS,
      lastedS: (endedUnixMs - startUnixMs) / 1000,
    });
  });
}

/** Why a load was stopped before its end. */
interface Stopped {
  breach: RehearsedStage["breach"];
  /** From when on nobody could watch it. */
  unwatchedAtS: number | null;
  /** When as much had failed as the plan lets. */
  spentAtS: number | null;
}

function isStopped({ breach, unwatchedAtS, spentAtS }: Readonly<Stopped>): boolean {
  return breach !== null || unwatchedAtS !== null || spentAtS !== null;
}

interface Ended extends Readonly<Stopped> {
  readonly ends: readonly LoadEnd[];
  /** Of a k6 script; null: the load is none. */
  readonly iterations: number | null;
  readonly traces: readonly NodeTrace[];
  readonly elsewhere: readonly HopReading[];
  readonly startUnixMs: number;
  readonly startOnNodesMs: number;
  readonly pods: TargetPods;
  readonly placed: StagePods;
  readonly seen: readonly RehearsedSecond[];
  readonly guards: Guards;
  readonly ranS: number;
  /** Until the last answer. */
  readonly lastedS: number;
}

function document(ground: RehearsalGround, order: StageOrder, ended: Ended): RehearsedStage {
  const { ends, breach } = ended;
  const [latency, okLatency, lag] = [new HistogramSum(), new HistogramSum(), new HistogramSum()];
  const outcomes: RehearsedStage["outcomes"] = { ok: 0 };
  for (const { merged } of ends) {
    latency.merge(merged.histograms.latency);
    okLatency.merge(merged.histograms.okLatency);
    lag.merge(merged.histograms.scheduleLag);
    addCounts(outcomes, merged.outcomes);
  }
  const quantiles = quantilesMs(latency);
  const lostShare =
    ends.reduce((sum, { lost }) => sum + lost.reduce((all, { share }) => all + share, 0), 0) / ends.length;
  const reported = ends.some(({ merged }) => merged.workers > 0);
  // Whom nobody told to stop has lost the one who leads it, and sent less than was planned.
  const wasStopped = isStopped(ended);
  const wasCut = !wasStopped && ends.some(({ merged }) => merged.stopped.length > 0);
  const isWhole = reported && !wasStopped && !wasCut;
  const over = overLimit(okLatency, ground.plan.slos);
  // What was left unsent at the end is in the seconds' failures as well.
  const failed = failedIn({ outcomes }) + (outcomes["not-sent"] ?? 0);
  const whole = { ended: outcomes.ok + failed, failed, status5xx: status5xxIn({ outcomes }), overLimit: over };
  return {
    kind: order.kind,
    ratePerSecond: order.ratePerSecond,
    durationS: order.durationS,
    startedAt: new Date(ended.startUnixMs).toISOString(),
    end: endOf(ended, isWhole),
    ranS: ended.ranS,
    outcomes,
    latencyMs: quantiles && { p50: quantiles.p50, p99: quantiles.p99, max: quantiles.max },
    overLimit: over,
    seconds: [...ended.seen],
    slos: ended.guards.states(isWhole ? whole : undefined),
    breach: breach && { ...breach, stoppedAfterS: stoppedAfterS(ends, breach.atS) },
    pods: ended.placed,
    readings: withIdle(
      withOthers(readingsOf(ground, ended, order.ports), ended.elsewhere),
      ground.idle.document,
      ended.lastedS,
    ),
    load: {
      lagP99Ms: lag.quantileMs(0.99),
      saturated: ends.flatMap(({ merged }) => merged.saturated),
      lostShare: Math.min(1, lostShare),
      asClients: ground.plan.load.asClients,
      ...(ended.iterations === null ? {} : { iterations: ended.iterations }),
    },
    steady: order.steady && !wasStopped,
  };
}

function endOf({ breach, unwatchedAtS, spentAtS }: Stopped, isWhole: boolean): RehearsedStage["end"] {
  if (breach !== null) return "guard";
  if (unwatchedAtS !== null) return "unwatched";
  if (spentAtS !== null) return "called-off";
  return isWhole ? "completed" : "load-failed";
}

/** From when on no worker sent any more, after a guard's second; null: one of them did not say. */
function stoppedAfterS(ends: readonly LoadEnd[], atS: number): number | null {
  const stops = ends.flatMap(({ merged }) => merged.stopped.map(({ atMs }) => atMs));
  const workers = ends.reduce((sum, { merged, lost }) => sum + merged.workers + lost.length, 0);
  return stops.length < workers ? null : Math.max(0, Math.max(...stops) / 1000 - atS);
}

/** At which the load was, where some workers only told: as if the others did as much. */
function rateOf({ load }: RehearsedSecond, { ratePerSecond }: StageOrder) {
  return { ratePerSecond: load === null ? ratePerSecond : Math.round(load.scheduled / load.toldShare) };
}

/** Of connections that our workers opened: nobody else's to the same Service. */
async function removeEntries(agents: Agents, { loads }: StageLoads): Promise<void> {
  const sources = loads.flatMap(({ workers }) => workers.flatMap(({ ip }) => (ip === "" ? [] : [ip])));
  if (sources.length === 0) return;
  await Promise.all(agents.nodes.map((node) => flushSources(agents, node, sources)));
}
