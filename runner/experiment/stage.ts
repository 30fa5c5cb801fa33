import type { Suite, SuitePlan } from "../../suites/suite.ts";
import { EnvironmentError } from "../errors.ts";
import type { LoadEngine } from "../load/engines/engine.ts";
import { type Agents, deployAgents } from "../probes/agents.ts";
import { countConntrack, flushConntrack } from "../probes/conntrack.ts";
import { sysctls } from "../probes/sysctl.ts";
import type { Progress } from "../progress.ts";
import { apiReason, type Cluster } from "../target/cluster.ts";
import type { Images } from "../workloads/images.ts";
import { createNamespace } from "../workloads/namespace.ts";
import { deployWeb, type WebWorkload } from "../workloads/web.ts";
import { armSwitch } from "./arm-switch.ts";
import { PREFILL_TIMEOUT_S, type Stage } from "./block.ts";
import type { Journal } from "./journal.ts";
import { portRange } from "./predict.ts";

export interface StageRequest {
  readonly cluster: Cluster;
  readonly images: Images;
  readonly suite: Suite;
  readonly plan: SuitePlan;
  readonly engine: LoadEngine;
  readonly loadImage: string;
  readonly seed: number;
  readonly journal: Journal;
  readonly onTimeline: Stage["onTimeline"];
  readonly signal: AbortSignal;
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function setStage(request: StageRequest, progress: Progress): Promise<Stage> {
  const { cluster, images, journal, signal } = request;
  await createNamespace(cluster, () => journal.record({ change: "namespace" }));
  const [agents, web] = await Promise.all([
    progress.step("Agents on every node", () => deployAgents(cluster, images.agent, signal)),
    progress.step("Web workload", () => deployWeb(cluster, images.web, signal)),
  ]);
  const nodes = await readNodes(cluster, agents);
  for (const node of agents.nodes) journal.record({ change: "conntrack-entries", node, addresses: [...web.addresses] });
  const [{ limit }, defaults] = await Promise.all([
    countConntrack(agents, nodes.clientNode),
    readDefaults(agents, nodes.clientNode, web),
  ]);
  return {
    ...request,
    k6Script: request.suite.k6Script,
    agents,
    web,
    ...nodes,
    limitAtStart: limit,
    defaults,
    prefillTimeoutS: PREFILL_TIMEOUT_S,
    arms: armSwitch(agents, journal),
  };
}

/** The nodes' facts, and the client node: the first, by name, on which ordinary pods may run. */
async function readNodes(
  cluster: Cluster,
  agents: Agents,
): Promise<Pick<Stage, "clientNode" | "openNodes" | "machineCpus" | "bootIds">> {
  const nodes = await cluster.core.listNode().catch((error: unknown) => {
    throw new EnvironmentError(`the nodes can't be listed: ${apiReason(error)}`);
  });
  const open = nodes.items.filter(
    (node) => !node.spec?.unschedulable && !node.spec?.taints?.some((taint) => taint.effect !== "PreferNoSchedule"),
  );
  const usable = open
    .filter((node) => agents.nodes.includes(node.metadata?.name ?? ""))
    .sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
  const client = usable[0];
  if (!client?.metadata?.name) {
    throw new EnvironmentError(
      "no node takes ordinary pods (all are cordoned or tainted), so the load has nowhere to run",
    );
  }
  return {
    clientNode: client.metadata.name,
    openNodes: usable.map((node) => node.metadata?.name ?? ""),
    machineCpus: Number(client.status?.capacity?.cpu ?? 1),
    bootIds: Object.fromEntries(
      nodes.items.map((node) => [node.metadata?.name ?? "", node.status?.nodeInfo?.bootID ?? ""]),
    ),
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

/**
 * Takes back what the run changed on the nodes: entries in their conntrack tables, then settings. In this order: a table
 * that holds more than its restored limit would drop our own way to the node.
 */
export async function clearStage(stage: Stage): Promise<void> {
  try {
    await Promise.all(stage.agents.nodes.map((node) => flushConntrack(stage.agents, node, stage.web.addresses)));
  } finally {
    await stage.arms.revert();
  }
}
