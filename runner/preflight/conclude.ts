/** Pure: from what was read to what can run. */

import { unfitWords } from "../analysis/unfit-words.ts";
import type { Architecture } from "../architecture.ts";
import type { FitNodes } from "../cluster/fit-nodes.ts";
import { pastConntrack, UNKNOWN_MODE } from "../cluster/platform.ts";
import type { Review } from "./access.ts";
import { unallowedWords } from "./beyond.ts";
import type { Admissions } from "./dry-run.ts";
import { firstFamily, ipv6Words } from "./first-family.ts";
import type { AccessNeed, Reach, SuiteNeeds } from "./needs.ts";
import { COMMON_ACCESS, resourceName } from "./needs.ts";
import type { SuiteOutlook } from "./report.ts";
import { type ArmOnNodes, armStop } from "./without-agents.ts";

export interface Seen {
  readonly reviews: readonly Review[];
  readonly admissions: Admissions;
  readonly nodes: FitNodes | null;
  /** How Services are led to pods, as `proxyModeOf` says it. */
  readonly proxyMode: string;
  /** Of the API server and of the nodes that a run would use, as they say them. */
  readonly versions: readonly string[];
  /** Whether our namespace is there, and whose it is; of one that the user lent, whether a run of ours is in it. */
  readonly namespace: "absent" | "ours" | "foreign" | "lent" | "in-use";
  /** Who has it, where it is in use and says so. */
  readonly holder?: string | undefined;
}

export interface AskedSuite {
  readonly name: string;
  readonly needs: SuiteNeeds;
  /** What it would do beyond our namespace, and whether that is allowed. */
  readonly reaches: readonly Reach[];
  readonly reachesAllowed: boolean;
  /** Of nodes that can have its programs. */
  readonly architectures: readonly Architecture[];
  /** The two that are to be compared. */
  readonly arms: readonly ArmOnNodes[];
  /** All that it has. */
  readonly choice: readonly ArmOnNodes[];
}

/** Who refuses the agents, in their words; null: nobody is known to. */
export function agentsRefused({ admissions: { agent } }: Pick<Seen, "admissions">): string | null {
  return agent.state === "refused" ? agent.says : null;
}

export function outlook(suite: AskedSuite, seen: Seen): SuiteOutlook {
  const { reaches, reachesAllowed } = suite;
  const possible = { ...whateverIsAllowed(suite, seen), reaches };
  if (reachesAllowed || reaches.length === 0) return { ...possible, awaitsPermission: false };
  const awaitsPermission = possible.state !== "cannot";
  const stops = awaitsPermission ? [] : possible.because;
  const unallowed = new Set(reaches.map(unallowedWords));
  return { ...possible, state: "cannot", because: [...stops, ...unallowed], awaitsPermission };
}

type Possible = Omit<SuiteOutlook, "reaches" | "awaitsPermission">;

/** What the cluster lets it do; what its owner does is another matter. */
function whateverIsAllowed(suite: AskedSuite, seen: Seen): Possible {
  const stops = [
    ...namespaceStops(seen),
    ...rightStops([...COMMON_ACCESS, ...suite.needs.access], seen),
    ...nodeStops(seen),
    ...architectureStops(suite, seen),
  ];
  if (seen.admissions.load.state === "refused") stops.push(`load pods are refused: ${seen.admissions.load.says}`);
  const past = pastConntrack(seen.proxyMode);
  if (suite.needs.asksAboutConntrack && past !== undefined) {
    stops.push(
      `its question does not arise here: ${past} leads Services to pods, past the kernel's connection tracking`,
    );
  }
  const { ipv4Only, withoutAgents } = suite.needs;
  if (ipv4Only !== undefined && firstFamily(seen.nodes?.fit ?? []) === "ipv6") stops.push(ipv6Words(ipv4Only));
  const refused = agentsRefused(seen);
  if (refused !== null && !withoutAgents.can)
    stops.push(`${withoutAgents.because}, and agents are refused: ${refused}`);
  const { name } = suite;
  if (stops.length > 0) return { name, state: "cannot", because: stops, ...ALL_ARMS };
  const { load } = seen.admissions;
  const unsure = [
    ...(load.state === "unknown" ? [`whether load pods may run is not known: ${load.says}`] : []),
    ...unlisted(seen),
    ...onOneNode(seen),
    ...walkUnknown(suite, seen),
    ...architectureLacks(suite, seen),
    ...(suite.needs.lacksOn?.(seen.versions) ?? []),
    ...rightLacks(suite.needs.access, seen),
  ];
  if (refused !== null) return withoutCounters(suite, unsure);
  const lacks = [
    ...unsure,
    ...(seen.admissions.agent.state === "unknown"
      ? [`whether agents may run is not known: ${seen.admissions.agent.says}`]
      : []),
  ];
  return { name, state: lacks.length > 0 ? "partly" : "whole", because: lacks, ...ALL_ARMS };
}

const ALL_ARMS = { armStops: [], otherArms: [] };

/** Where nodes can't be listed a run goes on by where its own pods land. */
function unlisted({ nodes, reviews }: Seen): string[] {
  if (nodes) return [];
  const [says] = refusedRights(reviews.filter(({ resource }) => resource === "nodes"));
  return [
    `nodes can't be listed${says ? ` (${says})` : ""}: pods run where the scheduler puts the first of them, and kernel, size and network of the nodes are not readable`,
  ];
}

/** As kind, k3s and minikube make them. */
function onOneNode({ nodes }: Seen): string[] {
  const [node, another] = nodes?.fit ?? [];
  if (!node || another) return [];
  return [
    `one node takes part (${node.metadata?.name}): load and workload share its CPUs, and no packet passes from node to node`,
  ];
}

/** Nodes that take ordinary pods, and can't have what the suite runs. */
function withoutPrograms({ architectures }: AskedSuite, { nodes }: Seen): string[] {
  const ours: readonly string[] = architectures;
  return (nodes?.fit ?? []).flatMap(({ metadata, status }) =>
    ours.includes(status?.nodeInfo?.architecture ?? "") ? [] : (metadata?.name ?? ""),
  );
}

function programWords({ needs, architectures }: AskedSuite): string {
  return `${(needs.programs ?? []).join(", ")}: there for ${architectures.join(", ") || "no architecture"} only, which this packetwalk was packed on`;
}

function architectureStops(suite: AskedSuite, seen: Seen): string[] {
  const without = withoutPrograms(suite, seen);
  if (without.length === 0 || without.length < (seen.nodes?.fit.length ?? 0)) return [];
  return [`no node can have its programs (${programWords(suite)})`];
}

function architectureLacks(suite: AskedSuite, seen: Seen): string[] {
  const without = withoutPrograms(suite, seen);
  if (without.length === 0) return [];
  return [
    `${without.join(", ")} can't have its programs and ${without.length === 1 ? "takes" : "take"} no part (${programWords(suite)})`,
  ];
}

/** The run itself measures it; a quarter of an hour later. */
function walkUnknown({ needs }: AskedSuite, { proxyMode }: Seen): string[] {
  if (!needs.asksAboutConntrack || proxyMode !== UNKNOWN_MODE) return [];
  return [
    "how Services are led to pods is not known here: if it is past the kernel's connection tracking (eBPF), the run ends as invalid",
  ];
}

function withoutCounters({ name, needs, arms, choice }: AskedSuite, others: readonly string[]): Possible {
  const lacks = needs.withoutAgents.can ? needs.withoutAgents.lacks : [];
  const armStops = arms.flatMap((arm) => armStop(arm) ?? []);
  const able = choice.filter((arm) => arm.tunings.length > 0 && armStop(arm) === undefined).map((arm) => arm.name);
  const otherArms = armStops.length === 0 ? [] : able;
  return {
    name,
    state: "partly",
    because: ["without kernel counters, since agents are refused", ...lacks, ...others],
    armStops,
    otherArms,
  };
}

function namespaceStops({ namespace, holder, reviews }: Seen): string[] {
  if (namespace === "lent") return [];
  const inUse = `another run is at work${holder === undefined ? "" : ` (${holder})`}, or packetwalk restore has to clear up`;
  if (namespace === "in-use") return [`your namespace has pods of packetwalk: ${inUse}`];
  if (namespace === "ours") return [`its namespace is there already: ${inUse}`];
  if (namespace === "foreign") return ["a namespace of that name is there that packetwalk did not create"];
  return refusedRights(reviews.filter(({ resource }) => resource === "namespaces"));
}

function rightStops(needs: readonly AccessNeed[], seen: Pick<Seen, "reviews">): string[] {
  return refusedTo(
    needs.filter(({ without }) => without === undefined),
    seen,
  );
}

/** Each thing that a run goes on without, with the rights that it would take. */
function rightLacks(needs: readonly AccessNeed[], seen: Pick<Seen, "reviews">): string[] {
  const things = new Set(needs.flatMap(({ without }) => without ?? []));
  return [...things].flatMap((thing) => {
    const refused = refusedTo(
      needs.filter(({ without }) => without === thing),
      seen,
    );
    return refused.length === 0 ? [] : [`${thing} (${refused.join("; ")})`];
  });
}

function refusedTo(needs: readonly AccessNeed[], { reviews }: Pick<Seen, "reviews">): string[] {
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

function nodeStops({ nodes }: Seen): string[] {
  if (!nodes) return [];
  if (nodes.fit.length > 0) return [];
  const why = nodes.unfit.map(({ name, because }) => `${name} ${unfitWords(because)}`).join("; ");
  return [`no node takes ordinary pods${why === "" ? "" : `: ${why}`}`];
}
