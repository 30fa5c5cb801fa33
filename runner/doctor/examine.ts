import type { Asked } from "./asked.ts";
import type { Check, Judged } from "./check.ts";
import { CHECKS } from "./checks/registry.ts";
import { type Finding, HOPS, type Hop, SEVERITIES } from "./finding.ts";
import { type ClusterState, PART_WORDS, type PartName } from "./state.ts";
import { ON_NODES_ONLY, type OnNodesOnly } from "./unseen.ts";

/** What could not be read, why, and which checks say nothing for lack of it. */
export interface Unseen {
  readonly what: string;
  readonly because: string;
  readonly checks: readonly string[];
}

/** A hop, and what came of the checks that look there; none do at some. */
export interface HopSeen {
  readonly hop: Hop;
  readonly checks: readonly CheckSeen[];
}

export interface CheckSeen {
  readonly name: string;
  readonly title: string;
  /** Unseen: it did not have what it needs, so it says nothing. */
  readonly outcome: "found" | "nothing" | "unseen";
}

export interface Examination {
  /** Of the worst hop first, then along the walk; within a hop the worst first. */
  readonly findings: readonly Finding[];
  /** Each hop, in the packet's order. */
  readonly walk: readonly HopSeen[];
  readonly unseen: readonly Unseen[];
  readonly onNodesOnly: readonly OnNodesOnly[];
}

/** Pure: all checks, asked of one state. */
export function examine(state: ClusterState, asked: Asked): Examination {
  const judgements = CHECKS.map((check) => ({ check, judged: check.judge(state, asked) }));
  const findings = judgements.flatMap(({ judged }) => (judged.kind === "judged" ? judged.findings : []));
  const silentFor = (part: PartName) =>
    judgements.flatMap(({ check, judged }) =>
      judged.kind === "unseen" && judged.parts.includes(part) ? [check.name] : [],
    );
  const unseen = (Object.keys(PART_WORDS) as PartName[]).flatMap((part): Unseen[] => {
    const read = state[part];
    return "unseen" in read ? [{ what: PART_WORDS[part], because: read.unseen, checks: silentFor(part) }] : [];
  });
  const walk = HOPS.map((hop): HopSeen => {
    const own = judgements.filter(({ check }) => check.hop === hop);
    return { hop, checks: own.map(({ check, judged }) => seenOf(check, judged)) };
  });
  return { findings: inOrder(findings), walk, unseen, onNodesOnly: ON_NODES_ONLY };
}

function seenOf({ name, title }: Check, judged: Judged): CheckSeen {
  if (judged.kind === "unseen") return { name, title, outcome: "unseen" };
  return { name, title, outcome: judged.findings.length === 0 ? "nothing" : "found" };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const breaksFirst = [...findings].sort(worstFirst)[0]?.hop;
  const place = (hop: Hop) => (hop === breaksFirst ? -1 : HOPS.indexOf(hop));
  return [...findings].sort((a, b) => place(a.hop) - place(b.hop) || worstFirst(a, b));
}

/** What is critical and has no headroom that could be told fails now, before whatever a rate would have to fill. */
function left({ headroom, severity }: Finding): number {
  return headroom?.left ?? (severity === "critical" ? -1 : 1);
}

/** By severity; among equals what has the least left, and the earlier hop. */
function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    left(a) - left(b) ||
    HOPS.indexOf(a.hop) - HOPS.indexOf(b.hop)
  );
}
