import type { Block } from "../../reports/schema.ts";
import type { SuitePlan } from "../../suites/suite.ts";
import type { Placement } from "../analysis/comparability.ts";
import { deployFlood, type Flood } from "../load/flood.ts";
import type { Agents } from "../probes/agents.ts";
import { flushConntrackLater, prefillConntrack } from "../probes/conntrack.ts";
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
  /** The node on which all load workers run. */
  readonly clientNode: string;
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

const SAMPLE_INTERVAL_MS = 100;
const SLICE_MS = 250;
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
  const [flood, prefill] = await Promise.all([
    deploy(stage, arm, sequence),
    fillTable(stage, drained.entries[clientNode] ?? 0),
  ]);
  try {
    const pods: PodPlace[] = [
      ...flood.workers.map((worker) => ({
        name: worker.pod,
        uid: worker.uid,
        node: clientNode,
        role: "client" as const,
      })),
      ...web.pods.map((pod) => ({ ...pod, role: "server" as const })),
    ];
    const readBacks = await readBack(agents, arm.tunings, pods);
    const { startUnixMs, traces, reports } = await measure(stage, flood);
    const block = assembleBlock({
      round,
      load: plan.load,
      startUnixMs,
      reports,
      traces,
      clientNode,
      machineCpus: stage.machineCpus,
      bootIds: stage.bootIds,
      drain: drained,
      prefill,
    });
    return { block, writes, readBacks, placement: placementOf(pods) };
  } finally {
    await flood.remove();
  }
}

function deploy(stage: Stage, arm: ArmPlan, sequence: number): Promise<Flood> {
  return deployFlood(stage.cluster, {
    name: `flood-${sequence}`,
    image: stage.images.agent,
    load: stage.plan.load,
    target: { address: `${stage.web.clusterIp}:${stage.web.port}`, host: "web", path: "/" },
    node: stage.clientNode,
    podSysctls: arm.tunings.flatMap((each) =>
      each.kind === "pod-sysctl" ? [{ name: each.key, value: each.value }] : [],
    ),
    sliceMs: SLICE_MS,
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
async function measure(stage: Stage, flood: Flood) {
  const { agents, web, plan, clientNode, signal } = stage;
  const leadMs = gateLeadMs(plan.load.workers);
  const durationMs = leadMs + plan.load.durationMs + plan.load.timeoutMs + SAMPLING_TAIL_MS;
  const podUids = new Map(
    agents.nodes.map((node) => [node, web.pods.filter((pod) => pod.node === node).map((pod) => pod.uid)]),
  );
  const flushed = flushConntrackLater(agents, clientNode, web.addresses, durationMs);
  flushed.catch(() => undefined); // awaited below; until then it must not end the process
  const sampling = startSampling(agents, podUids, { intervalMs: SAMPLE_INTERVAL_MS, durationMs, signal });
  await sampling.started;
  const startUnixMs = Date.now() + leadMs;
  await flood.start(startUnixMs);
  const traces = await sampling.traces;
  await flushed;
  return { startUnixMs, traces, reports: await flood.reports() };
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
