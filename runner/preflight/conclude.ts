/** Pure: from what was read to what can run. */
import { unfitWords } from "../analysis/unfit-words.ts";
import type { FitNodes } from "../cluster/fit-nodes.ts";
import type { Review } from "./access.ts";
import type { Admissions } from "./dry-run.ts";
import type { AccessNeed, SuiteNeeds } from "./needs.ts";
import { AGENTS_ACCESS, COMMON_ACCESS, resourceName } from "./needs.ts";
import type { SuiteOutlook } from "./report.ts";

export interface Seen {
  readonly reviews: readonly Review[];
  readonly admissions: Admissions;
  readonly nodes: FitNodes | null;
  /** How Services are led to pods; "cilium" where its eBPF replaces kube-proxy. */
  readonly proxyMode: string;
  /** Whether our namespace is there, and whose it is. */
  readonly namespace: "absent" | "ours" | "foreign";
}

export interface AskedSuite {
  readonly name: string;
  readonly needs: SuiteNeeds;
  /** What its arms and size would do to nodes, and whether that is allowed. */
  readonly nodeChanges: readonly string[];
  readonly nodeChangesAllowed: boolean;
}

export function outlook(suite: AskedSuite, seen: Seen): SuiteOutlook {
  const stops = [
    ...namespaceStops(seen),
    ...rightStops([...COMMON_ACCESS, ...suite.needs.access], seen),
    ...nodeStops(seen),
  ];
  if (seen.admissions.load.state === "refused") stops.push(`load pods are refused: ${seen.admissions.load.says}`);
  if (suite.needs.asksAboutConntrack && seen.proxyMode === "cilium") {
    stops.push(
      "its question does not arise here: Cilium's eBPF leads Services to pods, past the kernel's connection tracking",
    );
  }
  stops.push(...agentStops(seen));
  if (!suite.nodeChangesAllowed) {
    for (const change of suite.nodeChanges)
      stops.push(`it ${change}: add --allow-node-changes if you own that cluster`);
  }
  if (stops.length > 0) return { name: suite.name, state: "cannot", because: stops };
  const lacks =
    seen.admissions.agent.state === "unknown"
      ? [`whether agents may run is not known: ${seen.admissions.agent.says}`]
      : [];
  return { name: suite.name, state: lacks.length > 0 ? "partly" : "whole", because: lacks };
}

function namespaceStops({ namespace, reviews }: Seen): string[] {
  if (namespace === "ours")
    return ["its namespace is there already: another run is at work, or packetwalk restore has to clear up"];
  if (namespace === "foreign") return ["a namespace of that name is there that packetwalk did not create"];
  return refusedRights(reviews.filter(({ resource }) => resource === "namespaces"));
}

function rightStops(needs: readonly AccessNeed[], { reviews }: Seen): string[] {
  const wanted = new Set(needs.map(resourceName));
  return refusedRights(reviews.filter(({ resource }) => wanted.has(resource)));
}

/** One sentence a resource: "may not create, delete pods: …". */
function refusedRights(reviews: readonly Review[]): string[] {
  const byResource = new Map<string, Review[]>();
  for (const review of reviews) {
    if (!review.allowed) byResource.set(review.resource, [...(byResource.get(review.resource) ?? []), review]);
  }
  return [...byResource].map(([resource, refused]) => {
    const [first] = refused;
    const says = first?.says ? `: ${first.says}` : "";
    return `you may not ${refused.map(({ verb }) => verb).join(", ")} ${resource}${says}`;
  });
}

function nodeStops({ nodes, reviews }: Seen): string[] {
  if (!nodes) return refusedRights(reviews.filter(({ resource }) => resource === "nodes"));
  if (nodes.fit.length > 0) return [];
  const why = nodes.unfit.map(({ name, because }) => `${name} ${unfitWords(because)}`).join("; ");
  return [`no node takes ordinary pods${why === "" ? "" : `: ${why}`}`];
}

function agentStops(seen: Seen): string[] {
  const { agent } = seen.admissions;
  const refused =
    agent.state === "refused"
      ? [`privileged agents are refused, and without them no kernel counter is read: ${agent.says}`]
      : [];
  return [...rightStops(AGENTS_ACCESS, seen), ...refused];
}
