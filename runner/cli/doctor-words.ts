import picocolors from "picocolors";
import { labelled } from "../../reports/terminal/text.ts";
import type { Severity } from "../doctor/finding.ts";
import { count, seconds, several } from "../doctor/numbers.ts";
import type { Rate } from "../doctor/rate.ts";
import { printable } from "../printable.ts";
import type { Diagnosis, OnNodes } from "./diagnosis.ts";
import { barWords, byHop, type Group, HOP_WORDS, subjectWords } from "./doctor-groups.ts";

const LABEL = 12;

type Paints = Readonly<Record<Severity | "hop", (text: string) => string>>;

function paintsOf(colour: boolean): Paints {
  const { bold, dim, red, yellow } = picocolors.createColors(colour);
  return { hop: bold, critical: red, warning: yellow, info: dim };
}

/** For the terminal: hop by hop along the packet's walk, first the one that breaks first. */
export function doctorWords(
  seen: Diagnosis,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = paintsOf(colour);
  const hops = byHop(seen.findings).flatMap(({ hop, groups }, index) => [
    "",
    paint.hop(`${HOP_WORDS[hop].toUpperCase()}${index === 0 && worrying(groups) ? "  (breaks first)" : ""}`),
    ...groups.flatMap((group) => groupLines(group, width, paint)),
  ]);
  const unseen = seen.unseen.flatMap(({ what, because, checks }) =>
    labelled(
      "",
      `${what}: ${because}${checks.length === 0 ? "" : ` (nothing from ${checks.join(", ")})`}`,
      LABEL,
      width,
    ),
  );
  const lines = [
    ...labelled("cluster", clusterWords(seen), LABEL, width),
    ...(seen.onNodes === null ? [] : labelled("on nodes", onNodesWords(seen.onNodes), LABEL, width)),
    ...labelled("findings", countWords(seen), LABEL, width),
    ...hops,
    "",
    ...labelled("quiet", seen.quiet.map((hop) => HOP_WORDS[hop]).join(", ") || "no hop", LABEL, width),
    ...(unseen.length === 0 ? [] : ["", "NOT READABLE", ...unseen]),
    "",
    seenOnlyWords(seen).toUpperCase(),
    ...seen.onNodesOnly.flatMap(({ hop, what, shownBy }) =>
      labelled("", `${HOP_WORDS[hop]}: ${what}; shown by: ${shownBy.command}`, LABEL, width),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

export function clusterWords({ context, kubernetes, nodes, rate }: Diagnosis): string {
  const parts = [
    `${printable(context)}: Kubernetes ${kubernetes ?? "not readable"}`,
    nodes === null ? "nodes not readable" : `${nodes} node${nodes === 1 ? "" : "s"}`,
    ...(rate === null ? [] : [rateWords(rate)]),
  ];
  return parts.join(", ");
}

function rateWords(rate: Rate): string {
  if (rate.from === "given") return `judged at ${rate.perSecond.toLocaleString("en-US")} new connections/s a node`;
  const each = rate.perNode.map(({ perSecond }) => perSecond);
  const [least, most] = [Math.min(...each), Math.max(...each)].map((perSecond) => count(perSecond));
  return `${least === most ? least : `${least} to ${most}`} new connections/s a node, measured over ${seconds(rate.overS)}`;
}

/** On which nodes agents looked. */
export function onNodesWords({ looked, failed, left }: OnNodes): string {
  return [
    `agents looked into ${looked.join(", ") || "none"}`,
    ...(failed.length === 0 ? [] : [`not into ${failed.map(({ name }) => name).join(", ")}, which failed`]),
    ...(left.length === 0 ? [] : [`${several(left.length, "other")} left out (--node-selector says which to take)`]),
  ].join("; ");
}

export function seenOnlyWords({ onNodes }: Diagnosis): string {
  return onNodes === null ? "Seen only on the nodes" : "Not seen on the nodes either";
}

export function countWords({ findings, clean, unseen }: Diagnosis): string {
  const of = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const silent = new Set(unseen.flatMap(({ checks }) => checks)).size;
  return `${of("critical")} critical, ${of("warning")} warning, ${of("info")} info; ${clean.length} checks found nothing${silent === 0 ? "" : `, ${silent} could not see all that they judge`}`;
}

function worrying(groups: readonly Group[]): boolean {
  return groups.some(({ first }) => first.severity !== "info");
}

function groupLines({ first, subjects }: Group, width: number, paint: Paints): string[] {
  const { severity, value, consequence, remedy, proof, readFrom, check, headroom } = first;
  return [
    ...labelled(`  ${paint[severity](severity)}`, `${subjectWords(subjects)}: ${value}  [${check}]`, LABEL, width),
    ...labelled("", consequence, LABEL, width),
    ...(headroom ? labelled("", `${barWords(headroom.left)} left of ${headroom.of}`, LABEL, width) : []),
    ...labelled(
      "    remedy",
      `${remedy.tuning === undefined ? "" : `${remedy.tuning}: `}${remedy.words}`,
      LABEL,
      width,
    ),
    // On one line, however long: it is there to be copied.
    `${"    proof".padEnd(LABEL)}${printable(proof.command)}`,
    ...labelled("    read in", readFrom, LABEL, width),
  ];
}
