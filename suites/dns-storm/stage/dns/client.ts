import type { V1PodDNSConfig, V1PodSpec } from "@kubernetes/client-node";

/** Where a pod has its resolver's configuration from, before its own `dnsConfig` is added. */
export const DNS_POLICIES = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] as const;
export type DnsPolicy = (typeof DNS_POLICIES)[number];

/** What a pod may say of its own resolver, beside the server that it asks. */
export interface ResolverOptions {
  /** The cluster's DNS, the node's resolv.conf, or nothing but what stands here. */
  readonly policy: "ClusterFirst" | "Default" | "None";
  /** Beside those of the policy. */
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** Null: the pod says none, and has its libc's or its node's. */
  readonly ndots: number | null;
  /** Further options of resolv.conf, each as it stands there, e.g. "single-request-reopen" or "timeout:1". */
  readonly options: readonly string[];
}

/** What a tuning says of it; lists are added to what there is, as a kubelet does with a pod's `dnsConfig`. */
export interface DnsConfigChange {
  readonly policy?: DnsPolicy;
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly ndots?: number;
  readonly options?: readonly string[];
}

/** A resolver reads no more, and a kubelet leaves out what is beyond. */
const MOST_NAMESERVERS = 3;

/** What the kubelet writes for dnsPolicy ClusterFirst, apart from the node's own search domains. */
export function clusterFirst(namespace: string): ResolverOptions {
  return {
    policy: "ClusterFirst",
    nameservers: [],
    searches: [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"],
    ndots: 5,
    options: [],
  };
}

/** Pure: what comes of changes, from left to right, for a pod in this namespace. */
export function resolverWith(namespace: string, changes: readonly DnsConfigChange[]): ResolverOptions {
  const policy = policyOf(changes.findLast((each) => each.policy !== undefined)?.policy);
  const bare: ResolverOptions = { policy, nameservers: [], searches: [], ndots: null, options: [] };
  return changes.reduce<ResolverOptions>(
    (sum, { nameservers = [], searches = [], ndots, options = [] }) => ({
      policy,
      nameservers: [...new Set([...sum.nameservers, ...nameservers])],
      searches: [...new Set([...sum.searches, ...searches])],
      ndots: ndots ?? sum.ndots,
      options: [...new Set([...sum.options, ...options])],
    }),
    policy === "ClusterFirst" ? clusterFirst(namespace) : bare,
  );
}

/** A pod with a network of its own, as all of ours are, takes both for one. */
function policyOf(policy: DnsPolicy = "ClusterFirst"): ResolverOptions["policy"] {
  return policy === "ClusterFirstWithHostNet" ? "ClusterFirst" : policy;
}

/**
 * Pure: the part of a pod's spec by which it resolves names in this way.
 * @param server that stands for the cluster's DNS: with ClusterFirst the pod asks it first
 */
export function podDns(server: string, resolver: ResolverOptions): Pick<V1PodSpec, "dnsPolicy" | "dnsConfig"> {
  const { policy, searches, ndots, options } = resolver;
  const nameservers = [...(policy === "ClusterFirst" ? [server] : []), ...resolver.nameservers];
  const dnsConfig: V1PodDNSConfig = {
    nameservers: [...new Set(nameservers)].slice(0, MOST_NAMESERVERS),
    searches: [...searches],
    options: optionsOf(ndots, options),
  };
  return { dnsPolicy: policy === "Default" ? "Default" : "None", dnsConfig };
}

/** Pure: a Deployment's patch by which its pods get what a tuning says, whichever server they ask. */
export function dnsConfigPatch({ policy, nameservers, searches, ndots, options = [] }: DnsConfigChange) {
  const all = optionsOf(ndots ?? null, options);
  const dnsConfig = {
    ...(nameservers === undefined ? {} : { nameservers: [...nameservers] }),
    ...(searches === undefined ? {} : { searches: [...searches] }),
    ...(all.length === 0 ? {} : { options: all }),
  };
  const spec = {
    ...(policy === undefined ? {} : { dnsPolicy: policy }),
    ...(Object.keys(dnsConfig).length === 0 ? {} : { dnsConfig }),
  };
  return { spec: { template: { spec } } };
}

function optionsOf(ndots: number | null, options: readonly string[]): Array<{ name: string; value?: string }> {
  return [...(ndots === null ? [] : [{ name: "ndots", value: String(ndots) }]), ...options.map(parseOption)];
}

function parseOption(option: string): { name: string; value?: string } {
  const [name = "", value] = option.split(":");
  return value === undefined ? { name } : { name, value };
}
