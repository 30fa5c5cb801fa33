/** Pure: the resolv.conf that a kubelet makes for a pod (kubernetes: pkg/kubelet/network/dns/dns.go). */

export interface DnsAsked {
  readonly dnsPolicy: string;
  readonly hostNetwork: boolean;
  /** Of dnsConfig. */
  readonly ndots: number | null;
  readonly searches: readonly string[];
  readonly nameservers: readonly string[];
}

export interface Resolver {
  readonly search: readonly string[];
  readonly ndots: number;
  readonly nameservers: readonly string[];
  /** What the kubelet cuts off, or the resolver does not take. */
  readonly lost: readonly string[];
}

/** The kubelet's own word for its clusterDNS, whose address is not in the API. */
export const CLUSTER_DNS = "the cluster's DNS";
const NODE_DNS = "the node's DNS";

/** MaxDNSNameservers, MaxDNSSearchPaths and MaxDNSSearchListChars. */
const MOST_NAMESERVERS = 3;
const MOST_SEARCHES = 32;
const MOST_SEARCH_CHARACTERS = 2048;
/** As the kubelet writes it for ClusterFirst; resolvers begin with 1, and take no more than 15 (RES_MAXNDOTS). */
const CLUSTER_NDOTS = 5;
const USUAL_NDOTS = 1;
const MOST_NDOTS = 15;

/**
 * @param nodeSearch of the node's resolv.conf, which comes after the cluster's
 * @param domain the cluster's
 */
export function resolverOf(
  asked: DnsAsked,
  namespace: string,
  nodeSearch: readonly string[],
  domain = "cluster.local",
): Resolver {
  const cluster = asksCluster(asked);
  const base = cluster
    ? { search: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...nodeSearch], nameservers: [CLUSTER_DNS] }
    : asked.dnsPolicy === "None"
      ? { search: [], nameservers: [] }
      : { search: [...nodeSearch], nameservers: [NODE_DNS] };
  const search = [...new Set([...base.search, ...asked.searches])];
  const nameservers = [...new Set([...base.nameservers, ...asked.nameservers])];
  const kept = fitting(search);
  const ndots = asked.ndots ?? (cluster ? CLUSTER_NDOTS : USUAL_NDOTS);
  return {
    search: kept,
    ndots: Math.min(ndots, MOST_NDOTS),
    nameservers: nameservers.slice(0, MOST_NAMESERVERS),
    lost: [
      ...nameservers.slice(MOST_NAMESERVERS).map((each) => `nameserver ${each}`),
      ...search.slice(kept.length).map((each) => `search ${each}`),
      ...(ndots > MOST_NDOTS ? [`ndots above ${MOST_NDOTS}`] : []),
    ],
  };
}

/** In the node's network ClusterFirst is Default. */
export function asksCluster({ dnsPolicy, hostNetwork }: Pick<DnsAsked, "dnsPolicy" | "hostNetwork">): boolean {
  return dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && !hostNetwork);
}

function fitting(search: readonly string[]): string[] {
  const kept: string[] = [];
  for (const each of search.slice(0, MOST_SEARCHES)) {
    if ([...kept, each].join(" ").length > MOST_SEARCH_CHARACTERS) break;
    kept.push(each);
  }
  return kept;
}

/** A name by its dots, and the place in the search list at which it is found; null: it is found as it is. */
interface NameKind {
  readonly dots: number;
  readonly foundAt: number | null;
}

/** A and AAAA of each name that is tried until one is found. */
export function packetsOf({ dots, foundAt }: NameKind, { search, ndots }: Pick<Resolver, "search" | "ndots">): number {
  const itselfFirst = dots >= ndots;
  if (foundAt === null) return 2 * (itselfFirst ? 1 : search.length + 1);
  return 2 * ((itselfFirst ? 1 : 0) + foundAt + 1);
}
