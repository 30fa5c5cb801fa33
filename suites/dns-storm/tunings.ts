import type { ActsIn, Tuning } from "../../runner/tunings/tuning.ts";
import type { DnsConfigChange } from "./stage/dns/client.ts";
import type { DnsOptions } from "./stage/dns/server.ts";

/** In the client pods' `dnsConfig` and `dnsPolicy`: what comes to their resolv.conf. */
export interface PodDnsConfig extends Tuning {
  readonly kind: "pod-dns-config";
  readonly scope: "pod-spec";
  readonly change: DnsConfigChange;
}

/** How the application writes the names that it looks up. */
export interface LookupNames extends Tuning {
  readonly kind: "lookup-names";
  readonly scope: "pod-spec";
  readonly write: "full-with-final-dot";
}

/** The DNS under test, deployed otherwise. */
export interface DnsComponent extends Tuning {
  readonly kind: "dns-component";
  readonly scope: "component";
  readonly change: Partial<DnsOptions>;
}

/** What a tuning sets that has client pods ask another DNS than they would. */
export const ASKED_DNS = "the DNS that client pods ask";

/** NodeLocal DNSCache's usual address. A cluster that has one itself refuses it to us. */
export const NODE_LOCAL_ADDRESS = "169.254.20.10";

/** A cache on every node, which the client pods ask instead of the DNS under test. */
export interface NodeDns extends Tuning {
  readonly kind: "node-dns";
  readonly scope: "component";
  readonly nodeChange: string;
}

export type DnsTuning = PodDnsConfig | LookupNames | DnsComponent | NodeDns;

/** The kinds of places where a DnsTuning is read back. c-ares searches nothing, so has little to heed, and is not a place. */
export type DnsPlace = "glibc-resolvers" | "musl-resolvers" | "node-resolvers" | "cluster-dns";

interface DnsActsIn extends ActsIn {
  readonly places: readonly DnsPlace[];
}

export const IN_RESOLVERS: DnsActsIn = {
  words: "the client pods' resolvers",
  places: ["glibc-resolvers", "musl-resolvers", "node-resolvers"],
};
/** An option can be heeded by one libc and unknown to another, with both reading the same resolv.conf. */
export const IN_GLIBC: DnsActsIn = {
  words: "the client pods' resolvers of glibc",
  places: ["glibc-resolvers", "node-resolvers"], // Node's dns.lookup is its libc's
};
export const IN_MUSL: DnsActsIn = { words: "the client pods' resolvers of musl", places: ["musl-resolvers"] };
export const IN_CLUSTER_DNS: DnsActsIn = { words: "the DNS under test", places: ["cluster-dns"] };
