import { formatCount, formatQuantity } from "../../../../reports/view/format.ts";
import type { DnsServer } from "../../evidence.ts";
import type { NameKind, ResolverName } from "../../resolvers.ts";
import type { CauseView, ChainView, Price, RawView } from "./dns.ts";

export const KIND_WORDS: Readonly<Record<NameKind, string>> = {
  short: "Service in the own namespace",
  "svc-ns": "service.namespace",
  "svc-ns-svc": "service.namespace.svc",
  full: "full name of a Service",
  external: "external, two dots",
  "external-one-dot": "external, one dot",
  "external-dot": "external, with final dot",
  missing: "external, does not exist",
};

export const RESOLVER_WORDS: Readonly<Record<ResolverName, string>> = {
  glibc: "glibc",
  musl: "musl",
  node: "Node, dns.lookup",
  "node-c-ares": "Node, c-ares",
};

export const ROLE_WORDS: Readonly<Record<DnsServer["role"], string>> = {
  cluster: "CoreDNS under test",
  "node-cache": "cache on each node",
};

export const CAUSE_WORDS: Readonly<Record<CauseView["cause"], string>> = {
  "max-concurrent": "max_concurrent refused",
  "pod-killed": "CoreDNS pod killed",
  "cpu-throttled": "CoreDNS throttled",
  "upstream-lost": "upstream lost it",
  "upstream-slow": "upstream too slow",
  "not-searched": "resolver does not search",
  unexplained: "unexplained",
};

/** How a look-up ended: nxdomain, servfail, … or ok. */
export function endWord(outcome: string): string {
  return outcome.replace("dns-", "");
}

/** A share of which nobody needs more than "62 %". */
export function wholePercent(share: number): string {
  return formatQuantity(Math.round(100 * share), "%");
}

/** "a look-up of kubernetes.default.svc with glibc takes 8 queries instead of 6" */
export function priceInWords({ what, cell, before }: Price): string {
  const lookup = `a look-up of ${cell.name} with ${RESOLVER_WORDS[cell.resolver]}`;
  return what === "no-longer-found"
    ? `${lookup} does not find it any more (${endWord(cell.end)})`
    : `${lookup} takes ${formatQuantity(cell.counted, "")} queries instead of ${formatQuantity(before.counted, "")}`;
}

/** "p50 41 ms, 62 % of it DNS; p99 310 ms, 88 % of it DNS" */
export function chainInWords({ p50Ms, p99Ms, dnsShareP50, dnsShareP99 }: ChainView): string {
  const ofIt = (share: number) => `${wholePercent(share)} of it DNS`;
  return `p50 ${formatQuantity(p50Ms, "ms")}, ${ofIt(dnsShareP50)}; p99 ${formatQuantity(p99Ms, "ms")}, ${ofIt(dnsShareP99)}`;
}

/** "12,400 answers/s at most, which serve 2,150 look-ups/s; 41 ms of CPU for 1,000 answers; none lost" */
export function rawInWords({ answersPerSecond, lookupsPerSecond, cpuMsPer1000, sent, lost }: RawView): string {
  const parts = [
    `${formatCount(answersPerSecond)} answers/s at most, which serve ${formatCount(lookupsPerSecond)} look-ups/s`,
    `${formatQuantity(cpuMsPer1000, "ms")} of CPU for 1,000 answers`,
    lost === 0 ? "none lost" : `${formatCount(lost)} of ${formatCount(sent)} queries lost`,
  ];
  return parts.join("; ");
}
