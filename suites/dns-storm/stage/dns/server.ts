import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Deployment,
  V1Service,
  V1ServiceAccount,
} from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { type ClusterObject, createClusterObject } from "../../../../runner/cluster/cluster-objects.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { areThere, type MaybeAgents } from "../../../../runner/probes/agents.ts";
import type { Place, Places } from "../../../../runner/workloads/places.ts";
import { MANIFESTS } from "../manifests.ts";
import { answersOnNodes } from "./answers.ts";
import { type CorefileOptions, corefile, USUAL_COREFILE } from "./corefile.ts";
import { madeAnew, type ReadyPod, readyPods } from "./ready-pods.ts";

export const DNS_NAME = "dns";

export interface DnsOptions extends CorefileOptions {
  readonly replicas: number;
  /** e.g. "100m"; null: no limit, which is usual. */
  readonly cpuLimit: string | null;
}

export const USUAL_DNS: DnsOptions = { ...USUAL_COREFILE, replicas: 1, cpuLimit: null };

/** The DNS under test, ready. */
export interface DnsServer {
  readonly clusterIp: string;
  readonly pods: readonly ReadyPod[];
}

/**
 * Lets the DNS under test watch the cluster, once for all its deployments.
 * @param before journals what is about to be created outside packetwalk's namespace
 */
export async function grantDnsAccess(cluster: Cluster, before: (object: ClusterObject) => void): Promise<void> {
  await createClusterObject(cluster, MANIFESTS.object<V1ClusterRole>(DNS_NAME, "ClusterRole"), before);
  await createClusterObject(cluster, MANIFESTS.object<V1ClusterRoleBinding>(DNS_NAME, "ClusterRoleBinding"), before);
}

/** Gives the DNS under test its address, which stays the same however it is deployed. */
export async function createDnsService(cluster: Cluster): Promise<string> {
  const service = await apply(cluster, MANIFESTS.object<V1Service>(DNS_NAME, "Service")).catch((error: unknown) => {
    throw new EnvironmentError(`the Service ${DNS_NAME} can't be created: ${apiReason(error)}`);
  });
  const clusterIp = service.spec?.clusterIP;
  if (!clusterIp) throw new EnvironmentError(`the Service ${DNS_NAME} got no cluster address`);
  return clusterIp;
}

export interface DnsDeployment {
  /** CoreDNS's image. */
  readonly image: string;
  /** IP address of the server that it forwards to. */
  readonly upstream: string;
  readonly options: DnsOptions;
  readonly places: Places;
}

/**
 * Deploys the DNS under test with these options, all of its pods anew, so that no cache is older than this, and on the
 * nodes of the first ones; returns when it answers on every node, or, without agents to ask it, when it is ready.
 * @throws EnvironmentError if the cluster refuses it, or it does not answer
 */
export async function deployDns(
  cluster: Cluster,
  agents: MaybeAgents,
  { image, upstream, options, places }: DnsDeployment,
  signal?: AbortSignal,
): Promise<DnsServer> {
  const clusterIp = await createDnsService(cluster);
  const config = MANIFESTS.object<V1ConfigMap>(DNS_NAME, "ConfigMap");
  config.data = { Corefile: corefile(config.data?.Corefile ?? "", upstream, options) };
  const place = places.of(DNS_NAME, options.replicas);
  const { deployment, mark } = deploymentOf(image, options, place);
  try {
    await apply(cluster, MANIFESTS.object<V1ServiceAccount>(DNS_NAME, "ServiceAccount"));
    await apply(cluster, config);
    await apply(cluster, deployment);
  } catch (error) {
    throw new EnvironmentError(`the DNS under test can't be deployed: ${apiReason(error)}`);
  }
  const wanted = { kind: "Deployment", count: options.replicas, mark, container: "coredns" } as const;
  const pods = await readyPods(cluster, DNS_NAME, wanted, signal);
  place.keep(pods);
  if (areThere(agents)) await answersOnNodes(agents, clusterIp, signal);
  return { clusterIp, pods };
}

function deploymentOf(
  image: string,
  { replicas, cpuLimit }: DnsOptions,
  place: Place,
): { deployment: V1Deployment; mark: string } {
  const deployment = MANIFESTS.object<V1Deployment>(DNS_NAME, "Deployment");
  const template = deployment.spec?.template;
  const container = template?.spec?.containers[0];
  if (!deployment.spec || !template?.spec || !container?.resources)
    throw new Error(`manifests/${DNS_NAME} has no container`);
  deployment.spec.replicas = replicas;
  place.bind(template.spec);
  container.image = image;
  if (cpuLimit !== null) {
    container.resources.limits = { ...container.resources.limits, cpu: cpuLimit };
    container.resources.requests = { ...container.resources.requests, cpu: cpuLimit };
  }
  return { deployment, mark: madeAnew(template) };
}
