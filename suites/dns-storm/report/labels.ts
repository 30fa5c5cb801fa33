/** What kinds of names, resolvers, servers and causes are called in the report. */
import { formatQuantity } from "../../../reports/view/format.ts";
import type { DnsServer } from "../evidence.ts";
import type { CauseName } from "../result/reasons.ts";
import type { NameKind, ResolverName } from "../result/resolvers.ts";

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

export const CAUSE_WORDS: Readonly<Record<CauseName | "unexplained", string>> = {
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
