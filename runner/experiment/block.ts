import type { Block } from "../../reports/schema.ts";
import type { SuitePlan } from "../../suites/suite.ts";
import type { Placement } from "../analysis/comparability.ts";
import type { LoadEngine } from "../load/engines/engine.ts";
import { deployLoad, type Load } from "../load/load.ts";
import { loadMs } from "../load/spec.ts";
import type { Agents } from "../probes/agents.ts";
import { flushConntrack, flushConntrackLater, prefillConntrack } from "../probes/conntrack.ts";
import { startSampling } from "../probes/sampler.ts";
import type { Cluster } from "../target/cluster.ts";
import type { Write } from "../tunings/apply.ts";
import { type PodPlace, type ReadBack, readBack } from "../tunings/read-back.ts";
import type { Images } from "../workloads/images.ts";
import type { WebWorkload } from "../workloads/web.ts";
import type { ArmSwitch } from "./arm-switch.ts";
import type { ArmPlan } from "./arms.ts";
import { assembleBlock } from "./assemble-block.ts";
import { drain } from "./drain.ts";
import type { Journal } from "./journal.ts";

/** What all blocks of a run have in common. */
export interface Stage {
  readonly cluster: Cluster;
  readonly agents: Agents;
  readonly web: WebWorkload;
  readonly images: Images;
  readonly plan: SuitePlan;
  readonly journal: Journal;
  readonly arms: ArmSwitch;
  readonly engine: LoadEngine;
  readonly loadImage: string;
  readonly k6Script: string | undefined;
  /** Decides the arrivals: the same in every block. */
  readonly seed: number;
  /** The node on which load workers run, or the first of them. */
  readonly clientNode: string;
  /** Nodes that take load workers where the load is spread. */
  readonly openNodes: readonly string[];
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline: (line: Timeline) => void;
  /** The client node's table limit before any tuning: prefilling goes by it in every arm. */
  readonly limitAtStart: number;
  readonly machineCpus: number;
  readonly bootIds: Readonly<Record<string, string>>;
  /** What untuned connections get. */
  readonly defaults: { readonly timeWaitTimeoutS: number; readonly podPortRange: readonly [number, number] };
  readonly prefillTimeoutS: number;
  readonly signal: AbortSignal;
}

export interface RanBlock {
  readonly block: Block;
  readonly writes: readonly Write[];
  readonly readBacks: readonly ReadBack[];
  readonly placement: Placement;
}

/** One request's timeline, as the tracing engine wrote it. */
export interface Timeline {
  readonly arm: string;
  readonly round: number;
  readonly worker: number;
  readonly timeline: string;
}

const SAMPLE_INTERVAL_MS = 100;
const SLICE_MS = 250;
const GATE_TIMEOUT_MS = 120_000;
/** From opening the gates to the load's start: time for an exec call to reach every worker, one process start each. */
function gateLeadMs(workers: number): number {
  return Math.max(1000, 250 * workers);
}
/** Samples after the last possible outcome. */
const SAMPLING_TAIL_MS = 500;
/** TIME_WAIT's own default (120 s) would be too short for slow machines: prefilled entries must outlast the block. */
export const PREFILL_TIMEOUT_S = 600;

/** Runs one block of load on one arm, from a drained table to a drained table. */
export async function runBlock(stage: Stage, arm: ArmPlan, round: number, sequence: number): Promise<RanBlock> {
  const { agents, web, plan, clientNode, signal } = stage;
  const writes = await stage.arms.to(arm);
  const drained = await drain(agents, web.addresses);
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
    const readBacks = await readBack(agents, arm.tunings, pods);
    const { startUnixMs, traces, end } = await measure(stage, load);
    const block = assembleBlock({
      round,
      load: plan.load,
      startUnixMs,
      end,
      traces,
      clientNode,
      loadNodes: [...new Set(load.workers.map((worker) => worker.node))],
      machineCpus: stage.machineCpus,
      bootIds: stage.bootIds,
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
    flushConntrack(stage.agents, stage.clientNode, []),
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
    k6Script: stage.k6Script,
    target: { address: `${stage.web.clusterIp}:${stage.web.port}`, host: "web", path: "/" },
    nodes: load.placement === "one-node" ? [stage.clientNode] : stage.openNodes,
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
  const { table } = stage.plan;
  if (table.kind === "as-drained") return null;
  const wanted = stage.limitAtStart - table.headroomEntries - entriesNow;
  const entries = await prefillConntrack(stage.agents, stage.clientNode, wanted, stage.prefillTimeoutS);
  return { entries, node: stage.clientNode };
}

/**
 * The load itself. All streams are opened before the first request, and the flush afterwards is ordered beforehand: a
 * full table would drop our own new connections to the node as well.
 */
async function measure(stage: Stage, load: Load) {
  const { agents, web, plan, clientNode, signal } = stage;
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
