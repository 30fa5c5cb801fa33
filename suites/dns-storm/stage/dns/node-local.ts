import type { V1ConfigMap, V1DaemonSet } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";
import { addNodeAddress, removeNodeAddress } from "../../../../runner/undo/kinds/node-address.ts";
import { familyOf } from "../../../../runner/workloads/family.ts";
import { NODE_LOCAL_ADDRESS } from "../../tunings.ts";
import { MANIFESTS } from "../manifests.ts";
import type { CoreDnsPod } from "../probes/coredns.ts";
import { answersOnNodes } from "./answers.ts";
import { fill } from "./corefile.ts";
import { madeAnew, type ReadyPod, readyPods } from "./ready-pods.ts";

const FOLDER = "node-local";
const NAME = "node-dns";
const METRICS_PORT = 9353;

/** A caching DNS on every node; client pods have to ask it by its address. */
export interface NodeLocalDns {
  readonly address: string;
  readonly pods: readonly (ReadyPod & CoreDnsPod)[];
  /** Takes it away again, addresses and all. */
  remove(): Promise<void>;
}

/**
 * Deploys it and waits until it answers on every node.
 * @param server IP address of the DNS that it asks for what it has not kept
 * @param before journals an address before a node gets it
 * @throws EnvironmentError if a node has the address already, Services have IPv6 addresses, or the cluster refuses pods in the node's network
 */
export async function deployNodeLocalDns(
  cluster: Cluster,
  agents: Agents,
  { image, server }: { readonly image: string; readonly server: string },
  before: (node: string, address: string) => void,
  signal?: AbortSignal,
): Promise<NodeLocalDns> {
  const address = NODE_LOCAL_ADDRESS;
  if (familyOf(server) === "ipv6")
    throw new EnvironmentError(
      `the DNS on the nodes has an IPv4 address (${address}), and Services of this cluster have IPv6 ones (${server}): pods may have no way to it; choose another arm`,
    );
  for (const node of agents.nodes) {
    before(node, address);
    await addNodeAddress(agents, node, address);
  }
  const config = MANIFESTS.object<V1ConfigMap>(FOLDER, "ConfigMap");
  config.data = { Corefile: fill(config.data?.Corefile ?? "", { ADDRESS: address, SERVER: server }) };
  const daemonSet = MANIFESTS.object<V1DaemonSet>(FOLDER, "DaemonSet");
  const template = daemonSet.spec?.template;
  const container = template?.spec?.containers[0];
  if (!template || !container) throw new Error(`manifests/${FOLDER} has no container`);
  container.image = image;
  const mark = madeAnew(template);
  try {
    await apply(cluster, config);
    await apply(cluster, daemonSet);
  } catch (error) {
    throw new EnvironmentError(`the DNS on the nodes can't be deployed: ${apiReason(error)}`);
  }
  const pods = await readyPods(
    cluster,
    NAME,
    { kind: "DaemonSet", count: agents.nodes.length, mark, container: "coredns" },
    signal,
  );
  await answersOnNodes(agents, address, signal);
  return {
    address,
    pods: pods.map((pod) => ({ ...pod, metricsPort: METRICS_PORT })),
    remove: () => remove(cluster, agents, address),
  };
}

async function remove(cluster: Cluster, agents: Agents, address: string): Promise<void> {
  await waitFor(
    "the end of the DNS on the nodes",
    async () => {
      const isGone = await cluster.apps
        .deleteNamespacedDaemonSet({ name: NAME, namespace: cluster.namespace, propagationPolicy: "Foreground" })
        .then(() => false, goneOrThrow);
      return isGone ? true : undefined;
    },
    { timeoutMs: 60_000 },
  );
  for (const node of agents.nodes) await removeNodeAddress(agents, node, address);
}

function goneOrThrow(error: unknown): true {
  if (isNotFound(error)) return true;
  throw new EnvironmentError(`the DNS on the nodes can't be deleted: ${apiReason(error)}`);
}
