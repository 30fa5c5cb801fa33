import type { BlockPhase, LiveListener } from "../../analysis/live/events.ts";
import { weighed } from "../../analysis/verdict/spoils.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { type LoadSpec, loadMs } from "../../load/spec.ts";
import { areThere } from "../../probes/agents.ts";
import { apart } from "../../probes/clock.ts";
import { NO_SAMPLING, startSampling, type Tick } from "../../probes/sampler.ts";
import type { Tuning } from "../../tunings/tuning.ts";
import type { Stage } from "../stage.ts";
import type { RanBlock } from "../trial.ts";
import { assembleBlock } from "./assemble.ts";
import { drain } from "./drain.ts";
import type { BlockLife, BlockOf, LoadAtGate } from "./life.ts";
import { type Scope, withScope } from "./scope.ts";
import { watchObjects } from "./watch-objects.ts";

/** What a block needs of its run. */
export interface BlockStage extends Stage {
  readonly cluster: Cluster;
  readonly plan: { readonly load: LoadSpec };
  readonly signal: AbortSignal;
  readonly onLive: LiveListener;
}

/**
 * One life of a block, from a clean state to a clean state: switch the arm, deploy, drain, bring the load to its gate,
 * sample, start, break, end, assemble.
 */
export async function runBlock<T extends Tuning, E, Ready, AtGate extends LoadAtGate, Meanwhile>(
  stage: BlockStage,
  life: BlockLife<T, E, Ready, AtGate, Meanwhile>,
  of: BlockOf<T>,
): Promise<RanBlock<E>> {
  const ran = await withScope((scope) => liveThrough(stage, life, of, scope)).finally(() =>
    stage.onLive({ kind: "phase-entered", block: underWay(of), phase: "left" }),
  );
  await stage.leave();
  return ran;
}

async function liveThrough<T extends Tuning, E, Ready, AtGate extends LoadAtGate, Meanwhile>(
  stage: BlockStage,
  life: BlockLife<T, E, Ready, AtGate, Meanwhile>,
  of: BlockOf<T>,
  scope: Scope,
): Promise<RanBlock<E>> {
  const { agents, armSwitch, nodes, others, unflushed, settings, settingWriters, signal } = stage;
  const { timing } = life;
  const { load: spec } = stage.plan;
  const durationMs = timing.leadMs + loadMs(spec) + timing.tailMs;
  const { onLive } = stage;
  const block = underWay(of);
  const enter = (phase: Exclude<BlockPhase, "load">) => onLive({ kind: "phase-entered", block, phase });
  enter("switching-arm");
  const writes = await armSwitch.to(of.arm);
  enter("deploying");
  const ready = await life.prepare(of, scope);
  enter("draining");
  const drained = await drain(agents, {
    addresses: life.addresses(ready),
    mostShare: life.drainedShare,
    method: life.drainMethod,
    ...{ others, unflushed, signal },
  });
  signal.throwIfAborted();
  enter("load-to-gate");
  const load = await life.deploy(of, ready, drained, { durationMs }, scope);
  enter("at-gate");
  await stage.meet();
  const onTick = (node: string, tick: Tick) => {
    const fill = tableOf(tick);
    if (fill !== null) onLive({ kind: "sample-read", number: of.sequence, node, ...fill });
  };
  const how = { intervalMs: timing.sampleIntervalMs, durationMs, settings, onTick, signal };
  const sampling = areThere(agents) ? startSampling(agents, life.sampledPods(ready), how) : NO_SAMPLING;
  await sampling.started;
  const watch = await watchObjects(stage.cluster, life.watched?.(ready) ?? [], signal);
  scope.defer(async () => watch.stop());
  await stage.meet();
  const startUnixMs = Date.now() + timing.leadMs;
  // By the workers' clock; after it, `during` goes by ours.
  const aheadMs = apart(sampling.clockAheadMs(nodes.client));
  await load.start(startUnixMs + aheadMs);
  onLive({ kind: "phase-entered", block, phase: "load", startsAtUnixMs: startUnixMs, loadMs: loadMs(spec) });
  const meanwhile = await life.during(startUnixMs, ready, load, scope);
  const end = await load.end();
  enter("ending");
  sampling.end();
  const [traces, objectChanges] = await Promise.all([sampling.traces, watch.end()]);
  const { measured, reasons } = assembleBlock({
    round: of.round,
    load: spec,
    startUnixMs: startUnixMs + aheadMs,
    end,
    traces,
    writersPods: await settingWriters.podsOf(traces),
    objectChanges,
    clientNode: nodes.client,
    loadNodes: [...new Set(load.workers.map(({ node }) => node))],
    machineCpus: nodes.machineCpus,
    bootIds: nodes.bootIds,
    drained,
    withoutAgents: areThere(agents) ? null : agents.refused,
  });
  if (!areThere(agents)) unflushed.left(measured.sent);
  const findings = await life.conclude(of, { startUnixMs, ready, load, meanwhile, end, measured });
  const against = [...reasons, ...findings.voidedBy];
  const weighedBlock = weighed({ ...measured, placement: findings.placement }, findings.evidence, against);
  return { block: weighedBlock, writes: [...writes, ...(findings.writes ?? [])], readBacks: findings.readBacks };
}

function underWay<T extends Tuning>({ arm, round, sequence }: BlockOf<T>) {
  return { number: sequence, arm: arm.name, round };
}

/** Of the node's own namespace; null: it was not read, or has no limit. */
function tableOf({ samples }: Tick): { readonly entries: number; readonly limit: number } | null {
  const { conntrackEntries: entries, conntrackLimit: limit } =
    samples.find(({ where }) => where === "node")?.counters ?? {};
  return entries === undefined || limit === undefined || limit <= 0 ? null : { entries, limit };
}
