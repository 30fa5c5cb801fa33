import type { Cluster } from "../cluster/cluster.ts";
import type { ProgramName } from "../delivery/programs.ts";
import type { DEFAULT_IMAGES } from "../workloads/images.ts";

/** A right that a run makes use of. */
export interface AccessNeed {
  readonly verbs: readonly string[];
  /** API group; "" for the core one. */
  readonly group: string;
  /** With its subresource, e.g. "pods/exec". */
  readonly resource: string;
  readonly where: "cluster" | "namespace";
  /** The one object that it takes, as manifests name it ("packetwalk-…"); undefined: any. */
  readonly named?: string;
  /** What a run goes on without where it is refused; completes "it can run, but …". Undefined: it does not. */
  readonly without?: string;
}

/** Something that a run does beyond our namespace: whoever owns the cluster has to allow it. */
export interface Reach {
  /** Who does it, as a refusal begins, e.g. "--paths NAME". */
  readonly by: string;
  /** Completes it, e.g. "orders a load balancer". */
  readonly does: string;
  /** What that is to others, where it does not say so itself. */
  readonly because?: string;
  /** What does without it, e.g. "leave NAME out". */
  readonly instead?: string;
}

export type ImageName = keyof typeof DEFAULT_IMAGES | "dnsperf";

/** What becomes of a suite where the cluster refuses privileged agents on its nodes, and with them kernel counters. */
export type WithoutAgents =
  | { readonly can: false; readonly because: string }
  /** What is not seen then, beside kernel counters; each completes "it can run, but …". */
  | { readonly can: true; readonly lacks: readonly string[] };

/** What a suite needs of a cluster beyond what every suite does. */
export interface SuiteNeeds<Options extends object = Readonly<Record<string, unknown>>> {
  readonly access: readonly AccessNeed[];
  /** So many its walk passes at most, by where its pods can be; any run's most, if not given. */
  readonly mostNodes?: number;
  /** What of ours its pods run, beside the agent and whatever makes its load. */
  readonly programs?: readonly ProgramName[];
  /** What its pods run from, beside BusyBox. */
  readonly images: readonly ImageName[];
  /** What it creates beside agents, depot and load, e.g. "Deployment and Service web". */
  readonly creates: readonly string[];
  /** Whether it asks about the kernel's connection tracking: where packets pass none, there is nothing to ask. */
  readonly asksAboutConntrack: boolean;
  /** Why it can't be run where pods and Services have IPv6 addresses first; completes "it can't run: …". Undefined: it can. */
  readonly ipv4Only?: string;
  readonly withoutAgents: WithoutAgents;
  /** What it leaves out where API server and nodes are of these versions; each completes "it can run, but …". */
  lacksOn?(versions: readonly string[]): readonly string[];
  /** What its own options, as chosen, reach for on this cluster; only reads. What arms and sizes do they say themselves. */
  reaches?(cluster: Cluster, options: Readonly<Partial<Options>>): Promise<readonly Reach[]>;
}

/** As kubectl writes it: "deployments.apps". */
export function resourceName({ group, resource }: Pick<AccessNeed, "group" | "resource">): string {
  return group === "" ? resource : `${resource}.${group}`;
}

export const inNamespace = (group: string, resource: string, ...verbs: string[]): AccessNeed => ({
  verbs,
  group,
  resource,
  where: "namespace",
});

/** Applying is a patch, and a create where there is nothing yet. */
export const MADE = ["create", "patch", "get"] as const;

/** In its own namespace. */
export const COMMON_ACCESS: readonly AccessNeed[] = [
  inNamespace("", "pods", ...MADE, "list", "delete", "deletecollection"),
  // Over a WebSocket an exec is a GET; from Kubernetes 1.35 on it takes both.
  inNamespace("", "pods/exec", "get", "create"),
  inNamespace("", "pods/log", "get"),
  inNamespace("", "services", ...MADE),
  inNamespace("", "configmaps", ...MADE, "delete"),
  inNamespace("apps", "deployments", ...MADE, "delete"),
  inNamespace("batch", "jobs", ...MADE, "delete"),
];

/** Pure: what a run makes in a namespace that stays, it has to delete there. */
export function alsoDeleted(need: AccessNeed): AccessNeed {
  const { verbs, resource, where } = need;
  const isMade = where === "namespace" && verbs.includes("create") && !resource.includes("/");
  return isMade && !verbs.includes("delete") ? { ...need, verbs: [...verbs, "delete"] } : need;
}

/** Where the namespace is not there yet. */
export const NAMESPACE_ACCESS: readonly AccessNeed[] = [
  { verbs: ["create", "get", "delete"], group: "", resource: "namespaces", where: "cluster", named: "packetwalk" },
];

export const NODES_ACCESS: readonly AccessNeed[] = [
  { verbs: ["list"], group: "", resource: "nodes", where: "cluster" },
];
