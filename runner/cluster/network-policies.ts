/** Policies by which a cluster forbids packets, named where some of ours did not arrive. */
import { CustomObjectsApi, NetworkingV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { apiReason, type Cluster, isNotFound } from "./cluster.ts";
import { isOurs } from "./ours.ts";

/** Those that a CNI has beside the API's own: no policy of ours stands against them. */
const OTHERS = [
  { kind: "GlobalNetworkPolicy", group: "crd.projectcalico.org", version: "v1", plural: "globalnetworkpolicies" },
  {
    kind: "CiliumClusterwideNetworkPolicy",
    group: "cilium.io",
    version: "v2",
    plural: "ciliumclusterwidenetworkpolicies",
  },
  {
    kind: "AdminNetworkPolicy",
    group: "policy.networking.k8s.io",
    version: "v1alpha1",
    plural: "adminnetworkpolicies",
  },
  {
    kind: "ClusterNetworkPolicy",
    group: "policy.networking.k8s.io",
    version: "v1alpha2",
    plural: "clusternetworkpolicies",
  },
] as const;
const IN_NAMESPACE = [
  { kind: "NetworkPolicy of Calico", group: "crd.projectcalico.org", version: "v1", plural: "networkpolicies" },
  { kind: "CiliumNetworkPolicy", group: "cilium.io", version: "v2", plural: "ciliumnetworkpolicies" },
] as const;

const Listed = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Of one kind: their names, or why they are not known. */
export interface PoliciesOf {
  readonly kind: string;
  readonly found: readonly string[] | { readonly unread: string };
}

/** Which policies bear on pods of our namespace, beside our own that allows all. What the cluster has no kind of is left out. */
export async function policiesHere(cluster: Cluster): Promise<readonly PoliciesOf[]> {
  const { kubeconfig, namespace } = cluster;
  const custom = kubeconfig.makeApiClient(CustomObjectsApi);
  const own = kubeconfig
    .makeApiClient(NetworkingV1Api)
    .listNamespacedNetworkPolicy({ namespace })
    .then(({ items }) => items.filter((each) => !isOurs(each)).map(({ metadata }) => metadata?.name ?? ""));
  const names = (listed: unknown) => Listed.parse(listed).items.map(({ metadata }) => metadata.name);
  const all = await Promise.all([
    foundOf("NetworkPolicy", own),
    ...IN_NAMESPACE.map(({ kind, ...of }) =>
      foundOf(kind, custom.listNamespacedCustomObject({ ...of, namespace }).then(names)),
    ),
    ...OTHERS.map(({ kind, ...of }) => foundOf(kind, custom.listClusterCustomObject(of).then(names))),
  ]);
  return all.flat();
}

async function foundOf(kind: string, listing: Promise<readonly string[]>): Promise<PoliciesOf[]> {
  try {
    return [{ kind, found: await listing }];
  } catch (error) {
    return isNotFound(error) ? [] : [{ kind, found: { unread: apiReason(error) } }];
  }
}

/** Pure: the end of a sentence that says what did not arrive. */
export function policyWords(all: readonly PoliciesOf[], namespace: string): string {
  const named = all.flatMap(({ kind, found }) =>
    "unread" in found || found.length === 0 ? [] : [`${kind} ${found.join(", ")}`],
  );
  const unread = all.flatMap(({ kind, found }) => ("unread" in found ? [`${kind} (${found.unread})`] : []));
  const hidden = unread.length === 0 ? "" : `; not to be listed: ${unread.join(", ")}`;
  if (named.length > 0)
    return `policies that bear on namespace ${namespace} and may forbid it: ${named.join("; ")}${hidden}`;
  return `no NetworkPolicy that can be seen forbids it in namespace ${namespace}: look for a policy of the CNI or of a mesh, or a firewall between nodes${hidden}`;
}

/** The same, asked for now. */
export async function whatMayForbid(cluster: Cluster): Promise<string> {
  return policyWords(await policiesHere(cluster), cluster.namespace);
}
