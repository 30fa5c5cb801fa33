import type { DiagnosedFinding, Hop } from "../../runner/result/diagnosis.ts";

/** Findings of one check that say the same but for their subject, where it is read and how it is shown. */
export interface Group {
  readonly first: DiagnosedFinding;
  readonly others: readonly DiagnosedFinding[];
}

export interface HopFindings {
  readonly hop: Hop;
  readonly groups: readonly [Group, ...Group[]];
}

/** In the order of the findings, which begins with the hop that breaks first. */
export function byHop(findings: readonly DiagnosedFinding[]): HopFindings[] {
  const hops = [...new Set(findings.map(({ hop }) => hop))];
  return hops.flatMap((hop): HopFindings[] => {
    const [first, ...others] = grouped(findings.filter((finding) => finding.hop === hop));
    return first ? [{ hop, groups: [first, ...others] }] : [];
  });
}

function grouped(findings: readonly DiagnosedFinding[]): Group[] {
  const groups = new Map<string, { first: DiagnosedFinding; others: DiagnosedFinding[] }>();
  for (const finding of findings) {
    const { check, severity, value, consequence, remedy, headroom } = finding;
    const key = JSON.stringify([check, severity, value, consequence, remedy, headroom]);
    const group = groups.get(key);
    if (group) group.others.push(finding);
    else groups.set(key, { first: finding, others: [] });
  }
  return [...groups.values()];
}

export function subjectsOf({ first, others }: Group): string[] {
  return [first, ...others].map(({ subject }) => subject);
}

/** Whether a hop breaks, and is no mere place of choices with a price. */
export function breaks({ groups: [{ first }] }: HopFindings): boolean {
  return first.severity !== "info";
}
