import type { V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { containerIdOf } from "../cluster/pods.ts";
import { EnvironmentError } from "../errors.ts";
import { demandAgents, type MaybeAgents } from "../probes/agents.ts";
import { requestEviction } from "./eviction.ts";
import { isServing, listPods, type Patience, recovered } from "./settle.ts";
import type { RolledDeployment } from "./types.ts";

/** The pod that faults of one pod take: the oldest that serves. */
export async function choosePod(cluster: Cluster, deployment: RolledDeployment): Promise<V1Pod> {
  const serving = (await listPods(cluster, deployment)).filter(isServing);
  const [oldest] = serving.sort((a, b) => age(a) - age(b) || nameOf(a).localeCompare(nameOf(b)));
  if (!oldest) throw new EnvironmentError(`${deployment.name} has no pod that serves`);
  return oldest;
}

/** A fault of one pod of a Deployment that has `replicas` of them. */
export interface PodFault extends Patience {
  readonly cluster: Cluster;
  readonly agents: MaybeAgents;
  readonly deployment: RolledDeployment;
  readonly pod: V1Pod;
  readonly replicas: number;
}

/**
 * Evicts the pod, as the drain of a node does, and waits until its Deployment has as many as before.
 * @throws EnvironmentError if the API refuses (a disruption budget, say), or the recovery takes too long
 */
export async function evict(fault: PodFault): Promise<void> {
  const { namespace } = fault.deployment;
  const name = nameOf(fault.pod);
  try {
    await requestEviction(fault.cluster, { namespace, name });
  } catch (error) {
    throw new EnvironmentError(`pod ${name} can't be evicted: ${apiReason(error)}`);
  }
  await recovered(fault.cluster, fault.deployment, fault.replicas, () => true, fault);
}

/**
 * Kills the pod's main process, as a crash would end it, and waits until the kubelet has started it anew.
 * @throws EnvironmentError if the node's agent can't, or the recovery takes too long
 */
export async function kill(fault: PodFault): Promise<void> {
  const { container } = fault.deployment;
  const killed = containerIdOf(fault.pod, container);
  if (!killed) throw new EnvironmentError(`pod ${nameOf(fault.pod)} has no running container ${container}`);
  const node = fault.pod.spec?.nodeName ?? "";
  await demandAgents(fault.agents).run(node, ["kill", "--container", killed], { signal: fault.signal });
  const isReplaced = (pods: V1Pod[]) => pods.every((each) => containerIdOf(each, container) !== killed);
  await recovered(fault.cluster, fault.deployment, fault.replicas, isReplaced, fault);
}

function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? "";
}

function age(pod: V1Pod): number {
  return pod.metadata?.creationTimestamp?.getTime() ?? 0;
}
