/** What terminal, Markdown and page say alike of a diagnosis. */
import { printable } from "../../runner/printable.ts";
import { type DiagnosedFinding, type Diagnosis, type Hop, SEVERITIES } from "../../runner/result/diagnosis.ts";
import { formatCount, plural } from "../view/format.ts";
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
    ...(rate === null ? [] : [`judged at ${rate.toLocaleString("en-US")} new connections/s a node`]),
  ];
  return parts.join(", ");
}

export function countWords({ findings, walk }: Diagnosis): string {
  const { nothing, unseen } = outcomesOf(walk);
  const counts = [...SEVERITIES].reverse().map((severity) => `${numberOf(severity, findings)} ${severity}`);
  return `${counts.join(", ")}; ${plural(nothing, "check")} found nothing${unseen === 0 ? "" : `, ${unseen} could not see what they judge`}`;
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

/** How many checks found something, found nothing, and could not see what they judge. */
export function outcomesOf(walk: Diagnosis["walk"]): Readonly<Record<"found" | "nothing" | "unseen", number>> {
  const outcomes = walk.flatMap(({ checks }) => checks.map(({ outcome }) => outcome));
  const of = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  return { found: of("found"), nothing: of("nothing"), unseen: of("unseen") };
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
