import type { ResolverOptions } from "../../suites/dns-storm/stage/dns/client.ts";
import type { DnsOptions } from "../../suites/dns-storm/stage/dns/server.ts";
import type { TuningReport } from "../result/schema.ts";
import type { OnDemandImage } from "../workloads/images.ts";

/** Where a setting would have to be to do what is claimed of it. */
export type ActsIn =
  | "node"
  | "client-pods"
  | "server-pods"
  | "all-pods"
  | "deployment"
  | "proxies"
  | "resolvers"
  | "glibc-resolvers"
  | "musl-resolvers"
  | "cluster-dns";

/** A named, reversible change. */
export type Tuning =
  | Sysctl
  | WorkloadPatch
  | WorkloadImage
  | ProxySetting
  | PodDnsConfig
  | LookupNames
  | DnsComponent
  | NodeDns;
export type Sysctl = NodeSysctl | PodSysctl;

/** Arm name → its tunings, in the order in which they are applied. Every suite names its own. */
export type Arms = Readonly<Record<string, readonly Tuning[]>>;

interface Common {
  readonly name: string;
  readonly actsIn: ActsIn;
  /** What it really does there, in a sentence for the report. */
  readonly note: string;
}

interface KeyAndValue extends Common {
  readonly key: string;
  readonly value: string;
}

/** Set through the agent: in the machine's first network namespace ("kernel") or in the node's own. */
export interface NodeSysctl extends KeyAndValue {
  readonly kind: "node-sysctl";
  readonly scope: "kernel" | "node";
}

/** Set in the load pods' `securityContext.sysctls`: part of the pod, gone with it. */
export interface PodSysctl extends KeyAndValue {
  readonly kind: "pod-sysctl";
}

/** A patch of the Deployment that is rolled: gone with it, and it is made anew for every block. */
export interface WorkloadPatch extends Common {
  readonly kind: "workload-patch";
  /** A strategic merge patch under suites/rolling-update/manifests/tunings. Every field that it sets is read back. */
  readonly file: string;
  /** As one would type it. */
  readonly setting: string;
  /** The patch is of the pod template, or of the Deployment around it. */
  readonly actsIn: "server-pods" | "deployment";
}

/** The variants of the web workload's image. */
type WebVariant = Extract<OnDemandImage, `web-${string}`>;

/** Another image of the workload that is rolled. */
export interface WorkloadImage extends Common {
  readonly kind: "workload-image";
  readonly image: WebVariant;
  readonly setting: string;
  /** What a stopping pod's process gets with it. */
  readonly stopSignal: string;
  readonly actsIn: "server-pods";
}

/** A setting of the proxies in front of the workload. */
export interface ProxySetting extends Common {
  readonly kind: "proxy-setting";
  /** Another upstream is asked when one fails. */
  readonly proxy: "next-upstream";
  readonly setting: string;
  readonly actsIn: "proxies";
}

/** In the client pods' `dnsConfig`: what their resolv.conf says beside the server. */
export interface PodDnsConfig extends Common {
  readonly kind: "pod-dns-config";
  readonly change: Partial<ResolverOptions>;
  readonly setting: string;
  /** An option can be heeded by one libc and unknown to another, with both reading the same resolv.conf. */
  readonly actsIn: "resolvers" | "glibc-resolvers" | "musl-resolvers";
}

/** How the application writes the names that it looks up. */
export interface LookupNames extends Common {
  readonly kind: "lookup-names";
  readonly write: "full-with-final-dot";
  readonly setting: string;
  readonly actsIn: "resolvers";
}

/** The DNS under test, deployed otherwise. */
export interface DnsComponent extends Common {
  readonly kind: "dns-component";
  readonly change: Partial<DnsOptions>;
  readonly setting: string;
  readonly actsIn: "cluster-dns";
}

/** A cache on every node, which the client pods ask instead of the DNS under test. */
export interface NodeDns extends Common {
  readonly kind: "node-dns";
  readonly setting: string;
  readonly actsIn: "resolvers";
}

export function scopeOf(tuning: Tuning): TuningReport["scope"] {
  switch (tuning.kind) {
    case "node-sysctl":
      return tuning.scope;
    case "pod-sysctl":
    case "workload-image":
    case "pod-dns-config":
    case "lookup-names":
      return "pod-spec";
    case "workload-patch":
      return tuning.actsIn === "deployment" ? "component" : "pod-spec";
    case "proxy-setting":
    case "dns-component":
    case "node-dns":
      return "component";
  }
}

/** As one would type it, e.g. "net.ipv4.tcp_fin_timeout = 15". */
export function settingOf(tuning: Tuning): string {
  return isSysctl(tuning) ? `${tuning.key} = ${tuning.value}` : tuning.setting;
}

/** What it does to nodes themselves, beside pods on them; undefined: nothing. */
export function nodeChangeOf(tuning: Tuning): string | undefined {
  if (changesNodes(tuning)) return `sets ${tuning.key} on every node`;
  return tuning.kind === "node-dns" ? "gives every node an address more, and a DNS that listens there" : undefined;
}

export function changesNodes(tuning: Tuning): tuning is NodeSysctl {
  return tuning.kind === "node-sysctl";
}

export function isSysctl(tuning: Tuning): tuning is Sysctl {
  return tuning.kind === "node-sysctl" || tuning.kind === "pod-sysctl";
}

/** The image that an arm's workload runs from. */
export function webImageOf(tunings: readonly Tuning[]): "web" | WebVariant {
  return tunings.find((each) => each.kind === "workload-image")?.image ?? "web";
}

/** Whether an arm's proxies ask another upstream when one fails. */
export function nextUpstreamOf(tunings: readonly Tuning[]): boolean {
  return tunings.some((each) => each.kind === "proxy-setting");
}
