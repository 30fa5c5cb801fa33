import { ApiException, type V1DaemonSet, type V1Pod, type V1PodTemplateSpec } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { type ExecOptions, execInPod } from "../cluster/exec.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import { ownPods } from "../cluster/ours.ts";
import { isPodReady, podTrouble } from "../cluster/pods.ts";
import { PodsRefused, refusalCheck } from "../cluster/refused-pods.ts";
import { isEarlyForServiceAccount } from "../cluster/service-account.ts";
import { waitFor } from "../cluster/wait.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { AGENT } from "../delivery/programs.ts";
import { EnvironmentError } from "../errors.ts";

/** The agents on a target's nodes, reached by exec through its API. */
export interface Agents {
  readonly nodes: readonly string[];
  /**
   * Runs one agent command on a node and gives its output.
   * @throws EnvironmentError with the agent's own sentence when the command fails.
   */
  run(node: string, args: string[], options?: Partial<ExecOptions>): Promise<string>;
}

/** Why there are none. Nothing on the nodes is read then, which is not to say that nothing happens there. */
export interface NoAgents {
  /** In the words of who refuses them. */
  readonly refused: string;
}

/** What a run has of them, where a cluster may refuse privileged pods. */
export type MaybeAgents = Agents | NoAgents;

export function areThere(agents: MaybeAgents): agents is Agents {
  return "nodes" in agents;
}

/** @throws AgentsRefused where there are none */
export function demandAgents(agents: MaybeAgents): Agents {
  if (areThere(agents)) return agents;
  throw new AgentsRefused(agents.refused);
}

export class AgentsRefused extends EnvironmentError {
  override name = "AgentsRefused";
  readonly says: string;

  /** @param says who said no, and why */
  constructor(says: string) {
    super(`the cluster refuses packetwalk's privileged agents, without which no kernel counter can be read: ${says}`);
    this.says = says;
  }
}

/**
 * The same as deployAgents, but where the cluster refuses them it gives the reason, and leaves nothing behind.
 * @throws EnvironmentError for any other trouble: agents that are allowed, and do not come, are no reason to go on without
 */
export async function deployAgentsIfAllowed(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  signal?: AbortSignal,
): Promise<MaybeAgents> {
  try {
    return await deployAgents(cluster, delivery, nodes, signal);
  } catch (error) {
    if (!(error instanceof AgentsRefused)) throw error;
    await cluster.apps
      .deleteNamespacedDaemonSet({ name: "agent", namespace: cluster.namespace })
      .catch(() => undefined); // in most cases it was not even made
    return { refused: error.says };
  }
}

/**
 * Deploys the agent DaemonSet and waits for one agent on each of the nodes.
 * @throws AgentsRefused if the cluster refuses privileged pods, saying who refused.
 */
export async function deployAgents(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  signal?: AbortSignal,
): Promise<Agents> {
  const daemonSet = SHARED.object<V1DaemonSet>("agents", "DaemonSet");
  const template = daemonSet.spec?.template;
  const container = template?.spec?.containers[0];
  if (!template || !container) throw new Error("manifests/agents/daemonset.yaml has no container");
  container.image = delivery.image;
  await assertAccepted(cluster, template);
  if (template.spec) {
    template.spec.affinity = onNodes(nodes);
    await delivery.equip(template.spec, ["agent"]);
  }
  try {
    await apply(cluster, daemonSet);
  } catch (error) {
    throw refused(error);
  }
  try {
    return await connectAgents(cluster, signal);
  } catch (error) {
    // A dry run goes by the rights of whoever asks; the DaemonSet's pods go by their service account's.
    if (error instanceof PodsRefused) throw new AgentsRefused(error.message);
    throw error;
  }
}

/** Waits for an agent that is already deployed on every node. */
export async function connectAgents(cluster: Cluster, signal?: AbortSignal): Promise<Agents> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "DaemonSet", name: "agent" });
  const pods = await waitFor(
    "the agents",
    async () => {
      const state = await readAgentPods(cluster);
      trouble = state.trouble;
      await isRefused(state.all, Math.max(state.wanted, 1));
      return state.running;
    },
    { timeoutMs: 90_000, describe: () => trouble, signal },
  );
  const podOf = new Map(pods.map((pod) => [pod.spec?.nodeName ?? "", pod.metadata?.name ?? ""]));
  return {
    nodes: [...podOf.keys()].sort(),
    async run(node, args, options = {}) {
      const pod = podOf.get(node);
      if (!pod) throw new EnvironmentError(`no agent runs on node ${node}`);
      const at = { namespace: cluster.namespace, pod, container: "agent" };
      const result = await execInPod(cluster, at, [AGENT, ...args], { timeoutMs: 60_000, ...options });
      if (result.exitCode !== 0) {
        throw new EnvironmentError(
          `agent ${args[0]} on node ${node}: ${result.stderr.trim() || `exit ${result.exitCode}`}`,
        );
      }
      return result.stdout;
    },
  };
}

/** A DaemonSet is accepted even where its pods are not: ask for one pod, as a dry run, and pass on who said no. */
async function assertAccepted(cluster: Cluster, template: V1PodTemplateSpec): Promise<void> {
  const pod: V1Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "agent-dry-run", ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}) },
    ...(template.spec ? { spec: template.spec } : {}),
  };
  try {
    await cluster.core.createNamespacedPod({ namespace: cluster.namespace, body: pod, dryRun: "All" });
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

interface AgentPods {
  readonly all: V1Pod[];
  readonly wanted: number;
  /** undefined: not yet all of them. */
  readonly running: V1Pod[] | undefined;
  readonly trouble: string;
}

async function readAgentPods(cluster: Cluster): Promise<AgentPods> {
  const [set, list] = await Promise.all([
    cluster.apps.readNamespacedDaemonSet({ namespace: cluster.namespace, name: "agent" }),
    cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector: ownPods("agent") }),
  ]);
  const wanted = set.status?.desiredNumberScheduled ?? 0;
  const observed = set.status?.observedGeneration === set.metadata?.generation;
  // One that is ready has fetched its program: its startup probe looks for it.
  const running = list.items.filter((pod) => isPodReady(pod) && !pod.metadata?.deletionTimestamp);
  const done = observed && wanted > 0 && running.length === wanted;
  return { all: list.items, wanted, running: done ? running : undefined, trouble: podTrouble(list.items) };
}
