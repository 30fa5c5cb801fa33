import { CustomObjectsApi, type V1DaemonSet, type V1Node } from "@kubernetes/client-node";
import { z } from "zod";
import type { Target } from "../result/target.ts";
import { type Cluster, isNotFound } from "./cluster.ts";
import { clusterUid } from "./cluster-uid.ts";
import { fitNodes, listNodesIfAllowed } from "./fit-nodes.ts";
import {
  cniOf,
  type DaemonSetSigns,
  distributionOf,
  type Looked,
  type PlatformSigns,
  PROXY_CONFIG_MAPS,
  proxyModeOf,
} from "./platform.ts";
import { quantityValue } from "./quantity.ts";

/** What whoever built the cluster knows of it, and its API does not tell. */
export type KnownFacts = Partial<Pick<Target, "cni" | "proxyMode">>;

/** What this target is, as its API tells. */
export async function readTargetFacts(
  cluster: Cluster,
  kind: Target["kind"],
  known: KnownFacts,
  selector: Readonly<Record<string, string>>,
  mostNodes?: number,
  listing: Promise<readonly V1Node[] | null> = listNodesIfAllowed(cluster),
): Promise<Target> {
  const [version, listed, uid] = await Promise.all([cluster.version.getCode(), listing, clusterUid(cluster)]);
  const nodes = listed ?? [];
  const signs = await readSigns(cluster, version.gitVersion, nodes);
  const { fit, unfit } = fitNodes(nodes, selector, mostNodes);
  return {
    kind,
    context: cluster.context,
    uid,
    kubernetes: version.gitVersion,
    cni: known.cni ?? cniOf(signs),
    proxyMode: known.proxyMode ?? proxyModeOf(signs),
    distribution: distributionOf(signs) ?? null,
    kernel: listed === null ? "not readable" : ((fit[0] ?? nodes[0])?.status?.nodeInfo?.kernelVersion ?? "unknown"),
    nodes: listed === null ? null : nodes.length,
    nodeFacts: nodes.map((node) => ({
      name: node.metadata?.name ?? "?",
      cpus: quantityValue(node.status?.capacity?.cpu) ?? 0,
      memoryBytes: quantityValue(node.status?.capacity?.memory) ?? 0,
      region: node.metadata?.labels?.["topology.kubernetes.io/region"] ?? null,
      zone: node.metadata?.labels?.["topology.kubernetes.io/zone"] ?? null,
      containerRuntime: node.status?.nodeInfo?.containerRuntimeVersion ?? "unknown",
    })),
    leftOut: [...unfit],
  };
}

/** What can't be read is no reason to stop; that it could not be is a sign as well. */
async function readSigns(cluster: Cluster, gitVersion: string, nodes: readonly V1Node[]): Promise<PlatformSigns> {
  const sets = await cluster.apps.listDaemonSetForAllNamespaces().catch(() => null);
  const cilium = sets?.items.find(({ metadata }) => metadata?.name === "cilium");
  const configMap = (name: string, namespace = "kube-system") =>
    looked(cluster.core.readNamespacedConfigMap({ name, namespace }).then(({ data = {} }) => data));
  const [proxyConfigs, ciliumConfig, felixBpf] = await Promise.all([
    Promise.all(
      PROXY_CONFIG_MAPS.map(async ({ name, key }) => {
        const data = await configMap(name);
        return data === "unread" ? data : data?.[key];
      }),
    ),
    configMap("cilium-config", cilium?.metadata?.namespace),
    (sets?.items.some(({ metadata }) => FELIX_IN.test(metadata?.name ?? "")) ?? true)
      ? readFelixBpf(cluster)
      : undefined,
  ]);
  return {
    gitVersion,
    nodeLabels: nodes[0]?.metadata?.labels ?? {},
    daemonSets: sets?.items.map(daemonSetSigns) ?? null,
    proxyConfig: proxyConfigs.find((each) => each !== undefined && each !== "unread") ?? proxyConfigs[0],
    ciliumConfig,
    felixBpf,
  };
}

async function looked<T>(reading: Promise<T>): Promise<Looked<T>> {
  try {
    return await reading;
  } catch (error) {
    return isNotFound(error) ? undefined : "unread";
  }
}

export function daemonSetSigns({ metadata, spec, status }: V1DaemonSet): DaemonSetSigns {
  const containers = spec?.template.spec?.containers ?? [];
  return {
    name: metadata?.name ?? "",
    words: containers.flatMap(({ command = [], args = [] }) => [...command, ...args]),
    env: Object.fromEntries(containers.flatMap(({ env = [] }) => env.map(({ name, value = "" }) => [name, value]))),
    nodes: status?.desiredNumberScheduled ?? 0,
  };
}

/** DaemonSets in which Calico's Felix runs. */
const FELIX_IN = /^(calico-node|canal|rke2-canal)$/;
/** As its own datastore has it, and as later releases serve it. */
const FELIX_GROUPS = [
  { group: "crd.projectcalico.org", version: "v1" },
  { group: "projectcalico.org", version: "v3" },
] as const;
const FelixConfiguration = z.object({ spec: z.object({ bpfEnabled: z.boolean().nullish() }).nullish() });

async function readFelixBpf(cluster: Cluster): Promise<Looked<boolean>> {
  const api = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  for (const group of FELIX_GROUPS) {
    const read = await looked(
      api
        .getClusterCustomObject({ ...group, plural: "felixconfigurations", name: "default" })
        .then(FelixConfiguration.parse),
    );
    if (read === "unread") return read;
    if (read) return read.spec?.bpfEnabled ?? false;
  }
  return undefined;
}
