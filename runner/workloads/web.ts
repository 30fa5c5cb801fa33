import type { V1ConfigMap, V1Deployment, V1Pod, V1PodSpec, V1Service } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import { ownPods } from "../cluster/ours.ts";
import { isPodReady, lastWarning, podTrouble } from "../cluster/pods.ts";
import { refusalCheck } from "../cluster/refused-pods.ts";
import { waitFor } from "../cluster/wait.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { type Family, familyOf } from "./family.ts";

export interface WebPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ip: string;
}

export interface WebWorkload {
  /** The Service's cluster address, to which the load goes. */
  readonly clusterIp: string;
  readonly port: number;
  readonly pods: readonly WebPod[];
  /** By which its connections are found in conntrack tables: the Service's address where the client is, a pod's elsewhere. */
  readonly addresses: readonly string[];
}

/**
 * Deploys the reference web workload, on these nodes, and waits until every replica is ready.
 * @param replicas as its manifest has them, if not given
 */
export async function deployWeb(
  cluster: Cluster,
  image: string,
  nodes: readonly string[],
  signal?: AbortSignal,
  replicas?: number,
): Promise<WebWorkload> {
  const deployment = SHARED.object<V1Deployment>("web", "Deployment");
  if (deployment.spec && replicas !== undefined) deployment.spec.replicas = replicas;
  const pod = deployment.spec?.template.spec;
  const container = pod?.containers[0];
  if (!pod || !container) throw new Error("manifests/web has no container");
  container.image = image;
  pod.affinity = onNodes(nodes);
  const { clusterIp, port } = await deployWebService(cluster);
  if (familyOf(clusterIp) === "ipv6") {
    await apply(cluster, SHARED.object<V1ConfigMap>("web-ipv6", "ConfigMap"));
    listenOnIpv6(pod);
  }
  await apply(cluster, deployment);

  const pods = await waitForWebPods(cluster, deployment.spec?.replicas ?? 1, signal);
  return { clusterIp, port, pods, addresses: [clusterIp, ...pods.map((pod) => pod.ip)] };
}

/** Pure but for its argument: NGINX's configuration is then ours (manifests/web-ipv6). */
export function listenOnIpv6(pod: V1PodSpec): void {
  pod.volumes = [...(pod.volumes ?? []), { name: "configuration", configMap: { name: "web" } }];
  for (const container of pod.containers) {
    const mount = { name: "configuration", mountPath: "/etc/nginx/conf.d", readOnly: true };
    container.volumeMounts = [...(container.volumeMounts ?? []), mount];
  }
}

/** Of the Service web. Before it is there, nobody is led anywhere. */
export async function webFamily(cluster: Cluster): Promise<Family> {
  const at = { name: "web", namespace: cluster.namespace };
  const service = await cluster.core.readNamespacedService(at).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw new EnvironmentError(`the Service web can't be read: ${apiReason(error)}`);
  });
  return familyOf(service?.spec?.clusterIP ?? "");
}

export async function deployWebService(cluster: Cluster): Promise<{ clusterIp: string; port: number }> {
  const service = await apply(cluster, SHARED.object<V1Service>("web", "Service"));
  const clusterIp = service.spec?.clusterIP;
  const port = service.spec?.ports?.[0]?.port;
  if (!clusterIp || !port) throw new EnvironmentError("the Service web got no cluster address");
  return { clusterIp, port };
}

/** Waits until so many of its pods are ready. */
export async function waitForWebPods(
  cluster: Cluster,
  wanted: number,
  signal: AbortSignal | undefined,
): Promise<WebPod[]> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "Deployment", name: "web" });
  try {
    return await waitFor(
      "the web workload",
      async () => {
        const ready = await readyPods(cluster);
        await isRefused(ready.all, wanted);
        trouble = ready.trouble || `${ready.pods.length} of ${wanted} pods are ready`;
        return ready.pods.length === wanted ? ready.pods : undefined;
      },
      { timeoutMs: 120_000, describe: () => trouble, signal },
    );
  } catch (error) {
    const warning = error instanceof EnvironmentError ? await lastWarning(cluster, cluster.namespace) : "";
    if (warning === "") throw error;
    throw new EnvironmentError(`${reasonOf(error)}; the cluster's last warning: ${warning}`);
  }
}

async function readyPods(cluster: Cluster): Promise<{ pods: WebPod[]; all: V1Pod[]; trouble: string }> {
  try {
    const list = await cluster.core.listNamespacedPod({
      namespace: cluster.namespace,
      labelSelector: ownPods("web"),
    });
    return { pods: list.items.filter(isPodReady).map(webPod), all: list.items, trouble: podTrouble(list.items) };
  } catch (error) {
    throw new EnvironmentError(`the web workload's pods can't be listed: ${apiReason(error)}`);
  }
}

function webPod(pod: V1Pod): WebPod {
  return {
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    node: pod.spec?.nodeName ?? "",
    ip: pod.status?.podIP ?? "",
  };
}
