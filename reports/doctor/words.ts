/** What terminal, Markdown and page say alike of a diagnosis. */
import { printable } from "../../runner/printable.ts";
import {
  type DiagnosedFinding,
  type Diagnosis,
  type Hop,
  type HopSeen,
  type OnNodes,
  type Rate,
  SEVERITIES,
} from "../../runner/result/diagnosis.ts";
import { formatCount, formatQuantity, plural } from "../view/format.ts";
import { nodeCount } from "../view/words.ts";

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

/** "the connection table", within a sentence. */
export function hopInSentence(hop: Hop): string {
  return hop === "dns" ? HOP_WORDS[hop] : `the ${HOP_WORDS[hop]}`;
}

export function clusterWords({ context, kubernetes, nodes, rate }: Diagnosis): string {
  const parts = [
    `${printable(context)}: Kubernetes ${kubernetes ?? "not readable"}`,
    nodeCount(nodes),
    ...(rate === null ? [] : [rateWords(rate)]),
  ];
  return parts.join(", ");
}

export function rateWords(rate: Rate): string {
  if (rate.from === "given") return `judged at ${perNodeWords(rate)}`;
  return `${perNodeWords(rate)}, measured over ${formatQuantity(rate.overS, "s")}`;
}

/** "12 to 340 new connections/s a node" */
export function perNodeWords(rate: Rate): string {
  return `${rateNumbers(rate)} new connections/s a node`;
}

function rateNumbers(rate: Rate): string {
  if (rate.from === "given") return rate.perSecond.toLocaleString("en-US");
  const each = rate.perNode.map(({ perSecond }) => perSecond);
  const [least, most] = [formatCount(Math.min(...each)), formatCount(Math.max(...each))];
  return least === most ? least : `${least} to ${most}`;
}

/** On which nodes agents looked. */
export function onNodesWords({ looked, failed, left }: OnNodes): string {
  return [
    `agents looked into ${looked.join(", ") || "none"}`,
    ...(failed.length === 0 ? [] : [`not into ${failed.map(({ name }) => name).join(", ")}, which failed`]),
    ...(left.length === 0 ? [] : [`${plural(left.length, "other")} left out (--node-selector says which to take)`]),
  ].join("; ");
}

export function seenOnlyWords({ onNodes }: Diagnosis): string {
  return onNodes === null ? "Seen only on the nodes" : "Not seen on the nodes either";
}

export function countWords(seen: Diagnosis): string {
  const counts = [...SEVERITIES].reverse().map((severity) => `${numberOf(severity, seen.findings)} ${severity}`);
  const silent = silentChecks(seen);
  return `${counts.join(", ")}; ${plural(outcomesOf(seen.walk).nothing, "check")} found nothing${silent === 0 ? "" : `, ${blindWords(silent)}`}`;
}

/** How many checks lack something of what they judge, whatever they found in the rest. */
export function silentChecks({ unseen }: Pick<Diagnosis, "unseen">): number {
  return new Set(unseen.flatMap(({ checks }) => checks)).size;
}

export function blindWords(number: number): string {
  return `${formatCount(number)} could not see all that ${number === 1 ? "it judges" : "they judge"}`;
}

/** "2 critical, 5 info": the worst first, and only what there is. */
export function severityWords(findings: readonly DiagnosedFinding[]): string {
  return [...SEVERITIES]
    .reverse()
    .flatMap((severity) => {
      const number = numberOf(severity, findings);
      return number === 0 ? [] : [`${formatCount(number)} ${severity}`];
    })
    .join(", ");
}

function numberOf(severity: string, findings: readonly DiagnosedFinding[]): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

export type Outcome = HopSeen["checks"][number]["outcome"];

/** How many checks came to what. */
export function outcomesOf(walk: Diagnosis["walk"]): Readonly<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = { found: 0, nothing: 0, partly: 0, unseen: 0, unasked: 0 };
  for (const { outcome } of walk.flatMap(({ checks }) => checks)) counts[outcome] += 1;
  return counts;
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
  return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${leftWords(left)}`;
}

/** A share that is next to nothing is not nothing. */
export function leftWords(left: number): string {
  return left > 0 && left < 0.01 ? "< 1 %" : `${Math.round(left * 100)} %`;
}
