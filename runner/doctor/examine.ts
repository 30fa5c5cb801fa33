import type { Limit } from "../result/diagnosis.ts";
import type { Asked } from "./asked.ts";
import type { Check, Judged, Lack } from "./check.ts";
import { CHECKS } from "./checks/registry.ts";
import { type Finding, HOPS, type Hop, SEVERITIES } from "./finding.ts";
import { limitsOf } from "./limits/limits.ts";
import { type ClusterState, PART_WORDS, type PartName } from "./state.ts";
import { type OnNodesOnly, onNodesOnly } from "./unseen.ts";

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

/**
 * Nothing: it saw all that it judges, and found nothing. Partly: it found nothing, and did not see all. Unseen: it did not
 * have what it needs, so it says nothing. Unasked: nobody asked for what it is about.
 */
type Outcome = "found" | "nothing" | "partly" | "unseen" | "unasked";

export interface CheckSeen {
  readonly name: string;
  readonly title: string;
  readonly outcome: Outcome;
}

export interface Examination {
  /** Of the worst hop first, then along the walk; within a hop the worst first. */
  readonly findings: readonly Finding[];
  /** What runs out under load, the first one to break first. */
  readonly limits: readonly Limit[];
  /** Each hop, in the packet's order. */
  readonly walk: readonly HopSeen[];
  readonly unseen: readonly Unseen[];
  readonly onNodesOnly: readonly OnNodesOnly[];
}

/** Pure: all checks, asked of one state. */
export function examine(state: ClusterState, asked: Asked): Examination {
  const judgements = CHECKS.map((check) => ({ check, judged: check.judge(state, asked) }));
  const limits = limitsOf(state, asked);
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
  const lacks = judgements.flatMap(({ check, judged }) =>
    judged.kind === "judged" ? judged.lacks.map((lack) => ({ lack, check: check.name })) : [],
  );
  return {
    findings: inOrder(findings, limits),
    limits,
    walk,
    unseen: [...unseen, ...untold(lacks)],
    onNodesOnly: onNodesOnly(state),
  };
}

function seenOf({ name, title }: Check, judged: Judged): CheckSeen {
  if (judged.kind !== "judged") return { name, title, outcome: judged.kind };
  if (judged.findings.length > 0) return { name, title, outcome: "found" };
  return { name, title, outcome: judged.lacks.length > 0 ? "partly" : "nothing" };
}

const NAMED = 4;

/** What is not told for the same reason is one entry, however many nodes and checks it is about. */
function untold(lacks: ReadonlyArray<{ readonly lack: Lack; readonly check: string }>): Unseen[] {
  const byReason = new Map<
    string,
    { readonly lack: Lack; readonly nodes: Set<string>; readonly checks: Set<string> }
  >();
  for (const { lack, check } of lacks) {
    const key = JSON.stringify([lack.what, lack.because]);
    const entry = byReason.get(key) ?? { lack, nodes: new Set<string>(), checks: new Set<string>() };
    byReason.set(key, entry);
    entry.checks.add(check);
    if (lack.node !== null) entry.nodes.add(lack.node);
  }
  return [...byReason.values()].map(({ lack: { what, because }, nodes, checks }) => {
    const more = nodes.size > NAMED ? ` and ${nodes.size - NAMED} more` : "";
    const on =
      nodes.size === 0
        ? ""
        : ` (${nodes.size === 1 ? "node" : "nodes"} ${[...nodes].slice(0, NAMED).join(", ")}${more})`;
    return { what: `${what}${on}`, because, checks: [...checks] };
  });
}

function inOrder(findings: readonly Finding[], limits: readonly Limit[]): Finding[] {
  const underLoad = limits.flatMap(({ hop, breaksAtPerSecond }) => (breaksAtPerSecond === null ? [] : [hop]));
  const worstFirst = (a: Finding, b: Finding) => byWorst(a, b, underLoad);
  const breaksFirst = [...findings].sort(worstFirst)[0]?.hop;
  const place = (hop: Hop) => (hop === breaksFirst ? -1 : HOPS.indexOf(hop));
  return [...findings].sort((a, b) => place(a.hop) - place(b.hop) || worstFirst(a, b));
}

/** What is critical and has no headroom that could be told fails now, before whatever a rate would have to fill. */
function left({ headroom, severity }: Finding): number {
  return headroom?.left ?? (severity === "critical" ? -1 : 1);
}

/** By severity; among equals what has the least left, then the hop that breaks at the lower rate, and the earlier one. */
function byWorst(a: Finding, b: Finding, underLoad: readonly Hop[]): number {
  const place = ({ hop }: Finding) => (underLoad.includes(hop) ? underLoad.indexOf(hop) : underLoad.length);
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    left(a) - left(b) ||
    place(a) - place(b) ||
    HOPS.indexOf(a.hop) - HOPS.indexOf(b.hop)
  );
}
