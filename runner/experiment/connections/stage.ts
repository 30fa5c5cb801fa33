import { createNamespace } from "../../cluster/namespace.ts";
import { type Agents, deployAgents } from "../../probes/agents.ts";
import { countConntrack } from "../../probes/conntrack.ts";
import { sysctls } from "../../probes/sysctl.ts";
import type { Progress } from "../../progress.ts";
import { deployWeb, type WebWorkload } from "../../workloads/web.ts";
import { type ArmSwitch, armSwitch } from "../arm-switch.ts";
import { type Nodes, readNodes } from "../nodes.ts";
import type { TrialRequest } from "../trial.ts";
import { portRange } from "./port-range.ts";
import type { TableStart } from "./table.ts";

/** What all blocks of a run have in common. */
export interface Stage extends TrialRequest {
  readonly table: TableStart;
  readonly agents: Agents;
  readonly web: WebWorkload;
  readonly armSwitch: ArmSwitch;
  readonly nodes: Nodes;
  /** The client node's table limit before any tuning: prefilling goes by it in every arm. */
  readonly limitAtStart: number;
  /** What untuned connections get. */
  readonly defaults: { readonly timeWaitTimeoutS: number; readonly podPortRange: readonly [number, number] };
  readonly prefillTimeoutS: number;
}

/** TIME_WAIT's own default (120 s) would be too short for slow machines: prefilled entries must outlast the block. */
const PREFILL_TIMEOUT_S = 600;

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function setStage(request: TrialRequest, table: TableStart, progress: Progress): Promise<Stage> {
  const { cluster, images, changes, signal } = request;
  await createNamespace(cluster, () => changes.record({ change: "namespace" }));
  const [agents, web] = await Promise.all([
    progress.step("Agents on every node", () => deployAgents(cluster, images.agent, signal)),
    progress.step("Web workload", () => deployWeb(cluster, images.web, signal)),
  ]);
  const nodes = await readNodes(cluster, agents.nodes);
  for (const node of agents.nodes) changes.record({ change: "conntrack-entries", node, addresses: web.addresses });
  const [{ limit }, defaults] = await Promise.all([
    countConntrack(agents, nodes.client),
    readDefaults(agents, nodes.client, web),
  ]);
  return {
    ...request,
    table,
    agents,
    web,
    nodes,
    limitAtStart: limit,
    defaults,
    prefillTimeoutS: PREFILL_TIMEOUT_S,
    armSwitch: armSwitch(agents, changes),
  };
}

/** What untuned connections get: the node's conntrack timeout and a fresh pod's port range. */
async function readDefaults(agents: Agents, node: string, web: WebWorkload): Promise<Stage["defaults"]> {
  const timeout = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
  const [onNode] = await sysctls(agents, node, [{ key: timeout, in: "node" }]);
  const pod = web.pods[0];
  const [inPod] = pod
    ? await sysctls(agents, pod.node, [{ key: "net.ipv4.ip_local_port_range", in: `pod:${pod.uid}` }])
    : [];
  return {
    timeWaitTimeoutS: Number(onNode?.got ?? onNode?.before ?? 120),
    podPortRange: portRange(inPod?.got ?? inPod?.before ?? undefined) ?? [32768, 60999],
  };
}
