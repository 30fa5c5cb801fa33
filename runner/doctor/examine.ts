import type { Asked } from "./asked.ts";
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

export interface Examination {
  /** Of the worst hop first, then along the walk; within a hop the worst first. */
  readonly findings: readonly Finding[];
  /** Names of the checks that had all they need, and found nothing. */
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
  const lacking = new Map<PartName, string[]>();
  for (const check of CHECKS) {
    const judged = check.judge(state, asked);
    if (judged.kind === "judged") {
      findings.push(...judged.findings);
      if (judged.findings.length === 0) clean.push(check.name);
    } else {
      for (const part of judged.parts) lacking.set(part, [...(lacking.get(part) ?? []), check.name]);
    }
  }
  const unseen = (Object.keys(PART_WORDS) as PartName[]).flatMap((part): Unseen[] => {
    const read = state[part];
    return "unseen" in read ? [{ what: PART_WORDS[part], because: read.unseen, checks: lacking.get(part) ?? [] }] : [];
  });
  const isQuiet = (hop: Hop) => {
    const own = CHECKS.filter((check) => check.hop === hop);
    return own.length > 0 && own.every(({ name }) => clean.includes(name));
  };
  return { findings: inOrder(findings), clean, quiet: HOPS.filter(isQuiet), unseen, onNodesOnly: ON_NODES_ONLY };
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
