import { weighed } from "../../analysis/verdict/spoils.ts";
import { type LoadSpec, loadMs } from "../../load/spec.ts";
import { areThere } from "../../probes/agents.ts";
import { apart } from "../../probes/clock.ts";
import { NO_SAMPLING, startSampling } from "../../probes/sampler.ts";
import type { Tuning } from "../../tunings/tuning.ts";
import type { Stage } from "../stage.ts";
import type { RanBlock } from "../trial.ts";
import { assembleBlock } from "./assemble.ts";
import { drain } from "./drain.ts";
import type { BlockLife, BlockOf, LoadAtGate } from "./life.ts";
import { type Scope, withScope } from "./scope.ts";

/** What a block needs of its run. */
export interface BlockStage extends Stage {
  readonly plan: { readonly load: LoadSpec };
  readonly signal: AbortSignal;
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
  const ran = await withScope((scope) => liveThrough(stage, life, of, scope));
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
  const writes = await armSwitch.to(of.arm);
  const ready = await life.prepare(of, scope);
  const drained = await drain(agents, {
    addresses: life.addresses(ready),
    mostShare: life.drainedShare,
    method: life.drainMethod,
    ...{ others, unflushed, signal },
  });
  signal.throwIfAborted();
  const load = await life.deploy(of, ready, drained, { durationMs }, scope);
  await stage.meet();
  const how = { intervalMs: timing.sampleIntervalMs, durationMs, settings, signal };
  const sampling = areThere(agents) ? startSampling(agents, life.sampledPods(ready), how) : NO_SAMPLING;
  await sampling.started;
  await stage.meet();
  const startUnixMs = Date.now() + timing.leadMs;
  // By the workers' clock; after it, `during` goes by ours.
  const aheadMs = apart(sampling.clockAheadMs(nodes.client));
  await load.start(startUnixMs + aheadMs);
  const meanwhile = await life.during(startUnixMs, ready, load, scope);
  const end = await load.end();
  sampling.end();
  const traces = await sampling.traces;
  const { measured, reasons } = assembleBlock({
    round: of.round,
    load: spec,
    startUnixMs: startUnixMs + aheadMs,
    end,
    traces,
    writersPods: await settingWriters.podsOf(traces),
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
  const block = weighed({ ...measured, placement: findings.placement }, findings.evidence, against);
  return { block, writes: [...writes, ...(findings.writes ?? [])], readBacks: findings.readBacks };
}
