import { TimelineLine } from "../../../programs/node-worker/undici/timeline.ts";
import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import { assembleBlock } from "../../../runner/experiment/blocks/assemble-block.ts";
import { drain } from "../../../runner/experiment/blocks/drain.ts";
import type { RanBlock } from "../../../runner/experiment/trial.ts";
import { runRollouts } from "../../../runner/faults/rollouts.ts";
import type { Observed, RanStep } from "../../../runner/faults/types.ts";
import { deployLoad, type Load, type LoadEnd } from "../../../runner/load/load.ts";
import { loadMs } from "../../../runner/load/spec.ts";
import { type NodeTrace, startSampling } from "../../../runner/probes/sampler.ts";
import { nextUpstreamOf } from "../../../runner/tunings/tuning.ts";
import { rolloutEvidence } from "../analysis/evidence.ts";
import { hostOf, type PathLog, type TracedRequest } from "../analysis/input.ts";
import { makeWeb } from "./make-web.ts";
import type { Path } from "./paths/path.ts";
import { observePods } from "./pods/pod-timeline.ts";
import { readBackArm } from "./read-back.ts";
import { ROLLING_WEB } from "./rolling-web.ts";
import type { Stage } from "./stage.ts";

/** What the proxies and the pods before left leaves by itself; a table this empty drops nothing. */
const DRAINED_SHARE = 0.25;
const SAMPLE_INTERVAL_MS = 250;
const SLICE_MS = 250;
const GATE_TIMEOUT_MS = 120_000;
/** From opening the gate to the load's start. */
const GATE_LEAD_MS = 1_500;
/** Samples after the last request was due; those that still wait for an answer then wait for a pod that is gone. */
const SAMPLING_TAIL_MS = 500;
/** A step that has not finished by then voids its block. */
const STEP_TIMEOUT_MS = 60_000;
/** How long pods that still stop when the load has ended are watched. */
const LAST_PODS_MS = 3_000;

/** Runs one block of load on one arm, with a workload of its own. */
export async function runBlock(stage: Stage, arm: ArmPlan, round: number, sequence: number): Promise<RanBlock> {
  const { agents, signal } = stage;
  const writes = await stage.armSwitch.to(arm);
  const [web, paths] = await Promise.all([
    makeWeb(stage, arm),
    stage.pathSwitch.to({ nextUpstream: nextUpstreamOf(arm.tunings) }, signal),
  ]);
  await Promise.all(paths.map((path) => path.ready(signal)));
  const drained = await drain(
    agents,
    [stage.serviceIp, ...web.map(({ ip }) => ip), ...paths.map(({ address }) => hostOf(address))],
    DRAINED_SHARE,
  );
  signal.throwIfAborted();
  const requests: TracedRequest[] = [];
  const load = await deploy(stage, arm, round, sequence, paths, requests);
  try {
    const measured = await measure(stage, load);
    const records = await Promise.all(paths.map((path) => recordsOf(path, measured.startUnixMs)));
    const { startUnixMs, end, steps, observed } = measured;
    const block = assembleBlock({
      round,
      load: stage.plan.load,
      startUnixMs,
      end,
      traces: measured.traces,
      clientNode: stage.nodes.client,
      loadNodes: [...new Set(load.workers.map((worker) => worker.node))],
      machineCpus: stage.nodes.machineCpus,
      bootIds: stage.nodes.bootIds,
      drain: { ...drained, problems: [...drained.problems, ...steps.flatMap((step) => step.trouble ?? [])] },
      prefill: null,
    });
    const rollout = rolloutEvidence({
      startUnixMs,
      scheduled: end.merged.scheduled,
      requests,
      paths: records,
      observed,
    });
    return {
      block: { ...block, rollout },
      writes,
      readBacks: await readBackArm(stage, arm, { paths, observed }),
      placement: {
        client: countByNode(load.workers),
        proxies: countByNode(paths.flatMap((path) => path.nodes.map((node) => ({ node })))),
      },
    };
  } finally {
    await load.remove();
  }
}

function deploy(
  stage: Stage,
  arm: ArmPlan,
  round: number,
  sequence: number,
  paths: readonly Path[],
  requests: TracedRequest[],
): Promise<Load> {
  const { load } = stage.plan;
  const [first, ...others] = paths.map(({ name, address, host, urlPath }) => ({ name, address, host, path: urlPath }));
  if (!first) throw new Error("there is no path");
  return deployLoad(stage.cluster, {
    name: `load-${sequence}`,
    engine: stage.engine,
    image: stage.loadImage,
    load,
    seed: stage.seed,
    targets: [first, ...others],
    methods: ["GET", "POST"],
    nodes: load.placement === "one-node" ? [stage.nodes.client] : stage.nodes.open,
    podSysctls: [],
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    onTimeline(worker, timeline) {
      requests.push({ ...TimelineLine.parse(JSON.parse(timeline)), worker });
      stage.onTimeline({ arm: arm.name, round, worker, timeline });
    },
    signal: stage.signal,
  });
}

interface Measured {
  readonly startUnixMs: number;
  readonly steps: readonly RanStep[];
  readonly observed: Observed;
  readonly traces: readonly NodeTrace[];
  readonly end: LoadEnd;
}

/** The load, and what is done to the pods under it. */
async function measure(stage: Stage, load: Load): Promise<Measured> {
  const { cluster, agents, plan, signal } = stage;
  const observing = await observePods(cluster, agents, ROLLING_WEB, ROLLING_WEB.name, signal);
  try {
    const durationMs = GATE_LEAD_MS + loadMs(plan.load) + SAMPLING_TAIL_MS;
    const sampling = startSampling(agents, new Map(), { intervalMs: SAMPLE_INTERVAL_MS, durationMs, signal });
    await sampling.started;
    const startUnixMs = Date.now() + GATE_LEAD_MS;
    await load.start(startUnixMs);
    const context = { cluster, agents, deployment: ROLLING_WEB, startUnixMs, timeoutMs: STEP_TIMEOUT_MS, signal };
    const steps = await runRollouts(context, stage.steps);
    const end = await load.end();
    const traces = await sampling.traces;
    return { startUnixMs, steps, end, traces, observed: await observing.end(steps, LAST_PODS_MS) };
  } catch (error) {
    await observing.stop();
    throw error;
  }
}

async function recordsOf(path: Path, startUnixMs: number): Promise<PathLog> {
  const [{ records, unseen }, syncs] = await Promise.all([path.records(startUnixMs), path.syncs?.(0) ?? null]);
  return { ...path, records, unseen, syncs };
}

function countByNode(placed: ReadonlyArray<{ readonly node: string }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { node } of placed) counts[node] = (counts[node] ?? 0) + 1;
  return counts;
}
