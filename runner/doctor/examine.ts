import type { Asked } from "./asked.ts";
import type { Lack } from "./check.ts";
import { CHECKS } from "./checks/registry.ts";
import { type Finding, HOPS, type Hop, SEVERITIES } from "./finding.ts";
import { type ClusterState, PART_WORDS, type PartName } from "./state.ts";
import { type OnNodesOnly, onNodesOnly } from "./unseen.ts";

/** What could not be read, why, and which checks say nothing for lack of it. */
export interface Unseen {
  readonly what: string;
  readonly because: string;
  readonly checks: readonly string[];
}

export interface Examination {
  /** Of the worst hop first, then along the walk; within a hop the worst first. */
  readonly findings: readonly Finding[];
  /** Names of the checks that had all they need, and found nothing; what nobody asked for is none of them. */
  readonly clean: readonly string[];
  /** Hops whose checks all had what they need, and found nothing; a hop without checks is none of them. */
  readonly quiet: readonly Hop[];
  readonly unseen: readonly Unseen[];
  readonly onNodesOnly: readonly OnNodesOnly[];
}

/** Pure: all checks, asked of one state. */
export function examine(state: ClusterState, asked: Asked): Examination {
  const findings: Finding[] = [];
  const clean: string[] = [];
  const unasked: string[] = [];
  const lacking = new Map<PartName, string[]>();
  const lacks: { readonly lack: Lack; readonly check: string }[] = [];
  for (const check of CHECKS) {
    const judged = check.judge(state, asked);
    if (judged.kind === "judged") {
      findings.push(...judged.findings);
      lacks.push(...judged.lacks.map((lack) => ({ lack, check: check.name })));
      if (judged.findings.length === 0 && judged.lacks.length === 0) clean.push(check.name);
    } else if (judged.kind === "unasked") unasked.push(check.name);
    else {
      for (const part of judged.parts) lacking.set(part, [...(lacking.get(part) ?? []), check.name]);
    }
  }
  const unseen = (Object.keys(PART_WORDS) as PartName[]).flatMap((part): Unseen[] => {
    const read = state[part];
    return "unseen" in read ? [{ what: PART_WORDS[part], because: read.unseen, checks: lacking.get(part) ?? [] }] : [];
  });
  const isQuiet = (hop: Hop) => {
    const own = CHECKS.filter((check) => check.hop === hop && !unasked.includes(check.name));
    return own.length > 0 && own.every(({ name }) => clean.includes(name));
  };
  return {
    findings: inOrder(findings),
    clean,
    quiet: HOPS.filter(isQuiet),
    unseen: [...unseen, ...untold(lacks)],
    onNodesOnly: onNodesOnly(state),
  };
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
