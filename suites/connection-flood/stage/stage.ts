import { attribute } from "../../../runner/analysis/attribution.ts";
import { PORT_RANGE } from "../../../runner/analysis/capacity/defaults.ts";
import { TIME_WAIT_ENTRY_S } from "../../../runner/analysis/capacity/node-table.ts";
import { portRange } from "../../../runner/analysis/capacity/port-range.ts";
import type { Drained } from "../../../runner/experiment/block/drain.ts";
import type { BlockOf } from "../../../runner/experiment/block/life.ts";
import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { HttpTrialRequest, RanBlock, Trial } from "../../../runner/experiment/trial.ts";
import { areThere } from "../../../runner/probes/agents.ts";
import { countConntrack, prefillConntrack } from "../../../runner/probes/conntrack.ts";
import { sysctls } from "../../../runner/probes/sysctl.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { webLoadLife } from "../../../runner/web-load/life.ts";
import { openWebLoadStage, type WebLoadStage } from "../../../runner/web-load/stage.ts";
import type { FloodBlockEvidence, FloodEvidence } from "../evidence.ts";
import type { FloodStage } from "./flood-stage.ts";
import { askLargerTable } from "./larger-table.ts";
import { predictArm } from "./predict.ts";
import { TABLE_START } from "./table.ts";

/** TIME_WAIT's own default (120 s) would be too short for slow machines: prefilled entries must outlast the block. */
const PREFILL_TIMEOUT_S = 600;

/** New connections to the reference web workload: what becomes of them, and of the client node's conntrack table. */
export async function stage(
  request: HttpTrialRequest<Sysctl>,
  progress: Progress,
): Promise<Trial<FloodEvidence, Sysctl>> {
  const flood = await openFloodStage(request, progress);
  return {
    given: { ...agentsGiven(flood.agents), "its tables at a block's start": flood.table.kind },
    runBlock: (arm, round, sequence) => runFloodBlock(flood, { arm, round, sequence }),
    async conclude({ arms, baseline, tuned, kernel, begun }) {
      const larger = await askLargerTable(flood, tuned, progress, (limitAtStart) =>
        runFloodBlock({ ...flood, limitAtStart }, { arm: tuned.plan, round: -1, sequence: begun }),
      );
      const predicted = [baseline, tuned].map((run) => predictArm(flood, run, run === tuned ? larger : undefined));
      return {
        ...attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
        predictions: predicted.flatMap(({ predictions }) => predictions),
        evidence: {
          headroomEntries: flood.table.kind === "prefilled" ? flood.table.headroomEntries : null,
          predictedOccupancy: predicted.flatMap(({ occupancy }) => occupancy),
          largerTable: larger,
        },
      };
    },
  };
}

function runFloodBlock(flood: FloodStage, of: BlockOf<Sysctl>): Promise<RanBlock<FloodBlockEvidence>> {
  return runBlock(
    flood,
    webLoadLife(flood, (drained) => fillTable(flood, drained)),
    of,
  );
}

async function openFloodStage(request: HttpTrialRequest<Sysctl>, progress: Progress): Promise<FloodStage> {
  const stage = await openWebLoadStage(request, progress);
  const { agents, nodes } = stage;
  const [counted, defaults] = await Promise.all([
    areThere(agents) ? countConntrack(agents, nodes.client) : null,
    readDefaults(stage),
  ]);
  return {
    ...stage,
    table: counted ? TABLE_START[request.size] : { kind: "as-it-is" },
    limitAtStart: counted?.limit ?? null,
    defaults,
    prefillTimeoutS: PREFILL_TIMEOUT_S,
  };
}

/** What a kernel has that nobody told otherwise. */
const KERNEL_DEFAULTS: FloodStage["defaults"] = { timeWaitTimeoutS: TIME_WAIT_ENTRY_S, podPortRange: PORT_RANGE };

/** What untuned connections get: the node's conntrack timeout and a fresh pod's port range. */
async function readDefaults({ agents, nodes, web }: WebLoadStage): Promise<FloodStage["defaults"]> {
  if (!areThere(agents)) return KERNEL_DEFAULTS;
  const timeout = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
  const [onNode] = await sysctls(agents, nodes.client, [{ key: timeout, in: "node" }]);
  const pod = web.pods[0];
  const [inPod] = pod
    ? await sysctls(agents, pod.node, [{ key: "net.ipv4.ip_local_port_range", in: `pod:${pod.uid}` }])
    : [];
  return {
    timeWaitTimeoutS: Number(onNode?.got ?? onNode?.before ?? KERNEL_DEFAULTS.timeWaitTimeoutS),
    podPortRange: portRange(inPod?.got ?? inPod?.before ?? undefined) ?? KERNEL_DEFAULTS.podPortRange,
  };
}

async function fillTable(
  { table, limitAtStart, nodes, agents, prefillTimeoutS }: FloodStage,
  { entries: left }: Drained,
): Promise<FloodBlockEvidence> {
  if (table.kind !== "prefilled" || limitAtStart === null || !areThere(agents)) return { prefill: null };
  const wanted = limitAtStart - table.headroomEntries - (left[nodes.client] ?? 0);
  const entries = await prefillConntrack(agents, nodes.client, wanted, prefillTimeoutS);
  return { prefill: { entries, node: nodes.client } };
}
