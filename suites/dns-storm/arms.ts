import type { Arms } from "../../runner/tunings/tuning.ts";
import {
  type DnsComponent,
  type DnsTuning,
  IN_CLUSTER_DNS,
  IN_GLIBC,
  IN_MUSL,
  IN_RESOLVERS,
  type LookupNames,
  type NodeDns,
  type PodDnsConfig,
} from "./tunings.ts";

const ndots2: PodDnsConfig = {
  kind: "pod-dns-config",
  scope: "pod-spec",
  name: "ndots-2",
  change: { ndots: 2 },
  setting: "dnsConfig.options: ndots = 2",
  actsIn: IN_RESOLVERS,
  note: "names with two dots and more are asked for as they are first; glibc pays with two more queries for svc.ns.svc names, and musl, which then never searches, does not find those at all",
};
/** One option, and one claim for each libc: both read it in the same resolv.conf. */
const singleRequestReopen = {
  kind: "pod-dns-config",
  scope: "pod-spec",
  change: { options: ["single-request-reopen"] },
  setting: "dnsConfig.options: single-request-reopen",
} as const;
const reopenGlibc: PodDnsConfig = {
  ...singleRequestReopen,
  name: "single-request-reopen",
  actsIn: IN_GLIBC,
  note: "A and AAAA go out from two sockets, one after the other: as many queries, twice the wait for a slow upstream, and no race of theirs in conntrack, which kernels since 5.0 resolve anyway",
};
const reopenMusl: PodDnsConfig = {
  ...singleRequestReopen,
  name: "single-request-reopen-musl",
  actsIn: IN_MUSL,
  note: "musl knows ndots, timeout and attempts, and passes over every other option without a word",
};
const finalDot: LookupNames = {
  kind: "lookup-names",
  scope: "pod-spec",
  name: "final-dot",
  write: "full-with-final-dot",
  setting: "names looked up in full, with their final dot: api.shop.test.",
  actsIn: IN_RESOLVERS,
  note: "no resolver searches such a name: A and AAAA once; it has to be written into each application's configuration",
};
const autopath: DnsComponent = {
  kind: "dns-component",
  scope: "component",
  name: "autopath",
  change: { autopath: true },
  setting: "Corefile: autopath @kubernetes, pods verified",
  actsIn: IN_CLUSTER_DNS,
  note: "CoreDNS walks the search list itself and answers the first query; it watches every pod for that, and can take a pod for the one that had its address before",
};
const longCache: DnsComponent = {
  kind: "dns-component",
  scope: "component",
  name: "cache-prefetch-stale",
  change: { cache: { ttlSeconds: 300, prefetch: true, serveStaleSeconds: 3600 } },
  setting: "Corefile: cache 300 { prefetch; serve_stale 1h }",
  actsIn: IN_CLUSTER_DNS,
  note: "as many queries, fewer waits: names in use are asked for anew before they run out, and answered with what ran out meanwhile, up to an hour old",
};
const twoReplicas: DnsComponent = {
  kind: "dns-component",
  scope: "component",
  name: "replicas-2",
  change: { replicas: 2 },
  setting: "CoreDNS replicas = 2",
  actsIn: IN_CLUSTER_DNS,
  note: "one can die; each has a cache of its own, so the upstream is asked up to twice as often",
};
const nodeCache: NodeDns = {
  kind: "node-dns",
  scope: "component",
  name: "node-local-cache",
  setting: "a caching DNS on each node at 169.254.20.10",
  nodeChange: "gives every node an address more, and a DNS that listens there",
  actsIn: IN_RESOLVERS,
  note: "as many queries, answered without leaving the node and without a conntrack entry of the Service; misses go on by TCP",
};
/** Both libcs' default: whoever sees an effect of it sees noise. */
const placebo: PodDnsConfig = {
  kind: "pod-dns-config",
  scope: "pod-spec",
  name: "attempts-2",
  change: { options: ["attempts:2"] },
  setting: "dnsConfig.options: attempts = 2",
  actsIn: IN_RESOLVERS,
  note: "a placebo: two attempts are every libc's default",
};

export const ARMS: Arms<DnsTuning> = {
  baseline: [],
  article: [ndots2, reopenGlibc, reopenMusl],
  ndots2: [ndots2],
  "single-request-reopen": [reopenGlibc, reopenMusl],
  fqdn: [finalDot],
  autopath: [autopath],
  cache: [longCache],
  "node-local-cache": [nodeCache],
  replicas: [twoReplicas],
  // ndots 2 is left out for what it costs; a final dot does more, to every name and in every libc.
  recommended: [finalDot, longCache, twoReplicas],
  placebo: [placebo],
};
