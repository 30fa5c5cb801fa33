import type { Hop } from "../doctor/finding.ts";
import type { ToldFinding } from "./doctor-commands.ts";

export const HOP_WORDS: Readonly<Record<Hop, string>> = {
  "client-pod": "client pods",
  ports: "ports",
  conntrack: "connection table",
  dns: "DNS",
  service: "Services",
  overlay: "overlay",
  node: "nodes",
  "listen-queue": "listen queues",
  ingress: "ingress",
  "terminating-pods": "terminating pods",
  "control-plane": "control plane",
};

/** Findings of one check and severity that say the same but for their subject. */
export interface Group {
  readonly first: ToldFinding;
  readonly subjects: readonly string[];
}

export interface HopFindings {
  readonly hop: Hop;
  readonly groups: readonly Group[];
}

/** In the order of the findings, which begins with the hop that breaks first. */
export function byHop(findings: readonly ToldFinding[]): HopFindings[] {
  const hops = [...new Set(findings.map(({ hop }) => hop))];
  return hops.map((hop) => ({ hop, groups: grouped(findings.filter((finding) => finding.hop === hop)) }));
}

function grouped(findings: readonly ToldFinding[]): Group[] {
  const groups = new Map<string, { first: ToldFinding; subjects: string[] }>();
  for (const finding of findings) {
    const { check, severity, value, consequence } = finding;
    const key = JSON.stringify([check, severity, value, consequence]);
    const group = groups.get(key);
    if (group) group.subjects.push(finding.subject);
    else groups.set(key, { first: finding, subjects: [finding.subject] });
  }
  return [...groups.values()];
}

/** The first few, and how many more. */
export function subjectWords(subjects: readonly string[], most = 3): string {
  const more = subjects.length - most;
  return more <= 0 ? subjects.join(", ") : `${subjects.slice(0, most).join(", ")} and ${more} more`;
}

const BAR = 20;

/** What is left, as a bar and in percent; the same on every page. */
export function barWords(left: number): string {
  const filled = Math.round(left * BAR);
  return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${Math.round(left * 100)} %`;
}
