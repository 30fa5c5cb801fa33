/** The agents' pods, one a node. */
import { createHash } from "node:crypto";
import { ApiException, type V1Pod } from "@kubernetes/client-node";
import { atMost } from "../at-most.ts";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { boundTo, onNodes } from "../cluster/on-nodes.ts";
import { ownPods } from "../cluster/ours.ts";
import { isPodReady } from "../cluster/pods.ts";
import { isEarlyForServiceAccount } from "../cluster/service-account.ts";
import { waitFor } from "../cluster/wait.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { EnvironmentError } from "../errors.ts";
import { AgentsRefused } from "./agents-refused.ts";

/** At a time, so that a large cluster's API server is not flooded. */
const CREATED_AT_ONCE = 16;
/** A label's most; a pod's hostname is one. */
const LONGEST_NAME = 63;

/** All that are there, in whatever state. */
export async function agentPods({ core, namespace }: Cluster): Promise<V1Pod[]> {
  return (await core.listNamespacedPod({ namespace, labelSelector: ownPods("agent") })).items;
}

/** One that is ready has fetched its program: its startup probe looks for it. */
export function isReady(pod: V1Pod): boolean {
  return isPodReady(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export function nodeOf(pod: V1Pod): string {
  return pod.spec?.nodeName ?? boundTo(pod)[0] ?? "";
}

/**
 * Creates those that are missing. One that has ended, as agents do whose runner was silent, is replaced.
 * @throws AgentsRefused if the cluster refuses privileged pods
 */
export async function createAgents(cluster: Cluster, delivery: Delivery, nodes: readonly string[]): Promise<void> {
  const there = await agentPods(cluster);
  const missing = nodes.filter((node) => !there.some((pod) => nodeOf(pod) === node && isToStay(pod)));
  const [first] = missing;
  if (first === undefined) return;
  // Before anything of ours is brought there.
  await assertAccepted(cluster, agentPod(delivery.image, first));
  await removePods(
    cluster,
    there.filter((pod) => missing.includes(nodeOf(pod))),
  );
  const equipped = agentPod(delivery.image, first);
  if (equipped.spec) await delivery.equip(equipped.spec, ["agent"]);
  await atMost(CREATED_AT_ONCE, missing, (node) => create(cluster, placed(equipped, node)));
}

export async function removeAgents(cluster: Cluster): Promise<void> {
  await removePods(cluster, await agentPods(cluster));
}

function isToStay({ metadata, status }: V1Pod): boolean {
  return metadata?.deletionTimestamp === undefined && status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

function agentPod(image: string, node: string): V1Pod {
  const pod = SHARED.object<V1Pod>("agents", "Pod");
  const [container] = pod.spec?.containers ?? [];
  if (!container) throw new Error("manifests/agents has no container");
  container.image = image;
  return placed(pod, node);
}

function placed({ metadata, spec, ...pod }: V1Pod, node: string): V1Pod {
  if (!spec) throw new Error("manifests/agents has a pod without a spec");
  return { ...pod, metadata: { ...metadata, name: nameOn(node) }, spec: { ...spec, affinity: onNodes([node]) } };
}

/** Pure: the name of a node's agent. */
export function nameOn(node: string): string {
  const name = `agent-${node}`;
  if (name.length <= LONGEST_NAME) return name;
  return `agent-${createHash("sha256").update(node).digest("hex").slice(0, 16)}`;
}

async function create(cluster: Cluster, pod: V1Pod): Promise<void> {
  try {
    await apply(cluster, pod);
  } catch (error) {
    throw refused(error);
  }
}

/** The node's place in the namespace has to be free: a pod's name is given once. */
async function removePods({ core, namespace }: Cluster, pods: readonly V1Pod[]): Promise<void> {
  const names = pods.map(({ metadata }) => metadata?.name ?? "");
  await atMost(CREATED_AT_ONCE, names, async (name) => {
    await core.deleteNamespacedPod({ name, namespace }).catch(unlessGone);
  });
  for (const name of names) {
    const gone = () => core.readNamespacedPod({ name, namespace }).then(() => undefined, isGone);
    await waitFor(`the end of pod ${name}`, gone, { timeoutMs: 30_000 });
  }
}

function isGone(error: unknown): true {
  unlessGone(error);
  return true;
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw new EnvironmentError(`an agent's pod can't be removed: ${apiReason(error)}`);
}

/** A dry run, so that where agents are refused nothing was created. */
async function assertAccepted({ core, namespace }: Cluster, { metadata, ...pod }: V1Pod): Promise<void> {
  // An agent that has ended may have its name still.
  const named = { namespace, name: "agent-dry-run", ...(metadata?.labels ? { labels: metadata.labels } : {}) };
  try {
    await core.createNamespacedPod({ namespace, body: { ...pod, metadata: named }, dryRun: "All" });
  } catch (error) {
    if (!isEarlyForServiceAccount(error)) throw refused(error);
  }
}

/** A server that does not answer, or fails, refuses nothing. */
function refused(error: unknown): EnvironmentError {
  const says = apiReason(error);
  if (error instanceof ApiException && error.code >= 400 && error.code < 500) return new AgentsRefused(says);
  return new EnvironmentError(`packetwalk's agents can't be deployed: ${says}`);
}
