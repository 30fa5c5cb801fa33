import type { V1PodDNSConfig, V1PodSpec } from "@kubernetes/client-node";

/** What a pod may say of its own resolver, beside the server that it asks. */
export interface ResolverOptions {
  readonly ndots: number;
  /** Further options of resolv.conf, each as it stands there, e.g. "single-request-reopen" or "timeout:1". */
  readonly options: readonly string[];
  readonly searches: readonly string[];
}

/** What the kubelet writes for dnsPolicy ClusterFirst, apart from the node's own search domains. */
export function clusterFirst(namespace: string): ResolverOptions {
  return {
    ndots: 5,
    options: [],
    searches: [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"],
  };
}

/** Pure: the part of a pod's spec by which it asks this server, and no other, in this way. */
export function podDns(server: string, resolver: ResolverOptions): Pick<V1PodSpec, "dnsPolicy" | "dnsConfig"> {
  const dnsConfig: V1PodDNSConfig = {
    nameservers: [server],
    searches: [...resolver.searches],
    options: [{ name: "ndots", value: String(resolver.ndots) }, ...resolver.options.map(parseOption)],
  };
  return { dnsPolicy: "None", dnsConfig };
}

/** Pure: a Deployment's patch by which its pods get these options, whichever server they ask. */
export function dnsConfigPatch({ ndots, options = [] }: Partial<ResolverOptions>) {
  const all = [...(ndots === undefined ? [] : [{ name: "ndots", value: String(ndots) }]), ...options.map(parseOption)];
  return { spec: { template: { spec: { dnsConfig: { options: all } } } } };
}

function parseOption(option: string): { name: string; value?: string } {
  const [name = "", value] = option.split(":");
  return value === undefined ? { name } : { name, value };
}
