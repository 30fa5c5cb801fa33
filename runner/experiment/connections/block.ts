import type { Placement } from "../../analysis/comparability.ts";
import { deployLoad, type Load } from "../../load/load.ts";
import { loadMs } from "../../load/spec.ts";
import { flushConntrack, flushConntrackLater, prefillConntrack } from "../../probes/conntrack.ts";
import { startSampling } from "../../probes/sampler.ts";
import type { Block } from "../../result/schema.ts";
import { type PodPlace, readBack } from "../../tunings/read-back.ts";
import { isSysctl } from "../../tunings/tuning.ts";
import type { ArmPlan } from "../arms.ts";
import { assembleBlock } from "../blocks/assemble-block.ts";
import { drain } from "../blocks/drain.ts";
import type { RanBlock } from "../trial.ts";
import type { Stage } from "./stage.ts";

/** The cluster's own traffic keeps a few entries. */
const DRAINED_SHARE = 0.01;
const SAMPLE_INTERVAL_MS = 100;
const SLICE_MS = 250;
const GATE_TIMEOUT_MS = 120_000;
/** From opening the gates to the load's start: time for an exec call to reach every worker, one process start each. */
function gateLeadMs(workers: number): number {
  return Math.max(1000, 250 * workers);
}
/** Samples after the last possible outcome. */
const SAMPLING_TAIL_MS = 500;

/** Runs one block of load on one arm, from a drained table to a drained table. */
export async function runBlock(stage: Stage, arm: ArmPlan, round: number, sequence: number): Promise<RanBlock> {
  const { agents, web, plan, signal } = stage;
  const clientNode = stage.nodes.client;
  const writes = await stage.armSwitch.to(arm);
  const drained = await drain(agents, web.addresses, DRAINED_SHARE);
  signal.throwIfAborted();
  const { load, prefill } = await deployAndFill(stage, arm, round, sequence, drained.entries[clientNode] ?? 0);
  try {
    const pods: PodPlace[] = [
      ...load.workers.map((worker) => ({
        name: worker.pod,
        uid: worker.uid,
        node: worker.node,
        role: "client" as const,
      })),
      ...web.pods.map((pod) => ({ ...pod, role: "server" as const })),
    ];
    const readBacks = await readBack(agents, arm.tunings.filter(isSysctl), pods);
    const { startUnixMs, traces, end } = await measure(stage, load);
    const block = assembleBlock({
      round,
      load: plan.load,
      startUnixMs,
      end,
      traces,
      clientNode,
      loadNodes: [...new Set(load.workers.map((worker) => worker.node))],
      machineCpus: stage.nodes.machineCpus,
      bootIds: stage.nodes.bootIds,
      drain: drained,
      prefill,
    });
    return { block, writes, readBacks, placement: placementOf(pods) };
  } finally {
    await load.remove();
  }
}

/** At the same time; if one of them fails, what the other one did is undone: a table left full would cut the node off. */
async function deployAndFill(stage: Stage, arm: ArmPlan, round: number, sequence: number, entriesNow: number) {
  const [load, prefill] = await Promise.allSettled([deploy(stage, arm, round, sequence), fillTable(stage, entriesNow)]);
  if (load.status === "fulfilled" && prefill.status === "fulfilled")
    return { load: load.value, prefill: prefill.value };
  await Promise.allSettled([
    flushConntrack(stage.agents, stage.nodes.client, []),
    load.status === "fulfilled" ? load.value.remove() : undefined,
  ]);
  throw [load, prefill].find((each) => each.status === "rejected")?.reason;
}

function deploy(stage: Stage, arm: ArmPlan, round: number, sequence: number): Promise<Load> {
  const { load } = stage.plan;
  return deployLoad(stage.cluster, {
    name: `load-${sequence}`,
    engine: stage.engine,
    image: stage.loadImage,
    load,
    seed: stage.seed,
    k6Script: stage.demands.k6Script,
    targets: [{ name: "web", address: `${stage.web.clusterIp}:${stage.web.port}`, host: "web", path: "/" }],
    nodes: load.placement === "one-node" ? [stage.nodes.client] : stage.nodes.open,
    podSysctls: arm.tunings.flatMap((each) =>
      each.kind === "pod-sysctl" ? [{ name: each.key, value: each.value }] : [],
    ),
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    onTimeline: (worker, timeline) => stage.onTimeline({ arm: arm.name, round, worker, timeline }),
    signal: stage.signal,
  });
}

async function fillTable(stage: Stage, entriesNow: number): Promise<Block["prefill"]> {
  const { table } = stage;
  if (table.kind === "as-drained") return null;
  const wanted = stage.limitAtStart - table.headroomEntries - entriesNow;
  const entries = await prefillConntrack(stage.agents, stage.nodes.client, wanted, stage.prefillTimeoutS);
  return { entries, node: stage.nodes.client };
}

/**
 * The load itself. All streams are opened before the first request, and the flush afterwards is ordered beforehand: a
 * full table would drop our own new connections to the node as well.
 */
async function measure(stage: Stage, load: Load) {
  const { agents, web, plan, signal } = stage;
  const clientNode = stage.nodes.client;
  const leadMs = gateLeadMs(load.workers.length);
  const durationMs = leadMs + loadMs(plan.load) + plan.load.timeoutMs + SAMPLING_TAIL_MS;
  const podUids = new Map(
    agents.nodes.map((node) => [node, web.pods.filter((pod) => pod.node === node).map((pod) => pod.uid)]),
  );
  const flushed = flushConntrackLater(agents, clientNode, web.addresses, durationMs);
  flushed.catch(() => undefined); // awaited below; until then it must not end the process
  const sampling = startSampling(agents, podUids, { intervalMs: SAMPLE_INTERVAL_MS, durationMs, signal });
  await sampling.started;
  const startUnixMs = Date.now() + leadMs;
  await load.start(startUnixMs);
  const traces = await sampling.traces;
  await flushed;
  return { startUnixMs, traces, end: await load.end() };
}

function placementOf(pods: readonly PodPlace[]): Placement {
  const placement: Record<string, Record<string, number>> = {};
  for (const pod of pods) {
    placement[pod.role] ??= {};
    const nodes = placement[pod.role] ?? {};
    nodes[pod.node] = (nodes[pod.node] ?? 0) + 1;
  }
  return placement;
}
