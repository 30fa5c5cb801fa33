import { leftOutLines } from "../analysis/unfit-words.ts";
import type { Admission } from "../preflight/admission.ts";
import { becauseWords, bySame } from "../preflight/here/words.ts";
import type { Preflight, SuiteHere, TuningsHere } from "../preflight/report.ts";
import type { WorkloadOutlook } from "../preflight/workload.ts";
import { printable } from "../printable.ts";

/** For the terminal: a label and lines beside it. */
export function preflightWords(seen: Preflight): string {
  const parts: ReadonlyArray<readonly [string, readonly string[]]> = [
    ["cluster", [targetWords(seen)]],
    ["nodes", nodeWords(seen)],
    ["agents", [admissionWords(seen.agents)]],
    ...seen.suites.map((suite): [string, string[]] => [suite.name, suiteWords(suite)]),
    ["tunings", tuningWords(seen.tunings)],
    ...(seen.workload ? [["workload", workloadWords(seen.workload)] as const] : []),
    ["creates", seen.creates],
    [
      "changes",
      seen.changes.length + seen.reaches.length > 0
        ? [...seen.changes.map((change) => `${change}, and puts it back`), ...seen.reaches]
        : ["nothing beyond its namespace"],
    ],
    ["pulls", seen.images.length > 0 ? seen.images : ["nothing: the lab has its images"]],
    ...(seen.unseen.length > 0 ? [["not seen", seen.unseen] as const] : []),
    ["next", [seen.next]],
  ];
  const width = Math.max(...parts.map(([label]) => label.length));
  return `${parts.map(([label, lines]) => block(label, lines, width)).join("\n")}\n`;
}

function block(label: string, lines: readonly string[], width: number): string {
  return lines.map((line, index) => `${(index === 0 ? label : "").padEnd(width)}  ${printable(line)}`).join("\n");
}

function workloadWords({ workload, container, because }: WorkloadOutlook): string[] {
  if (because.length > 0) return [`${workload} can't be tried on`, ...because.map((each) => `- ${each}`)];
  const takes = "it is patched, its pods are rolled out and back (--allow-workload-changes), and it gets no load";
  return [`${workload}, container ${container}: ${takes}`];
}

function targetWords({ target }: Preflight): string {
  if (!target) return "could not be read";
  const whose = target.distribution ? `${target.distribution}, ` : "";
  return `${target.context}: ${whose}Kubernetes ${target.kubernetes}, CNI ${target.cni}, Services by ${target.proxyMode}`;
}

function nodeWords({ nodes }: Preflight): string[] {
  if (!nodes) return ["could not be listed"];
  const used = nodes.used.map(({ name, architecture, kernel }) => `${name} (${architecture}, kernel ${kernel})`);
  const others = leftOutLines(nodes.leftOut).map((line) => `left out: ${line}`);
  return [used.length > 0 ? used.join(", ") : "none can be used", ...others];
}

function admissionWords(admission: Admission): string {
  if (admission.state === "accepted") return "privileged pods are accepted (tried without creating one)";
  if (admission.state === "refused") return `privileged pods are refused: ${admission.says}`;
  return `not known whether privileged pods are accepted: ${admission.says}`;
}

function suiteWords({ state, because, armStops, tuningStops, tuningNotes, otherArms }: SuiteHere): string[] {
  const words = { whole: "can run", partly: "can run, but", cannot: "can't run" };
  const stops = [...armStops, ...tuningStops];
  const others = stops.length === 0 ? [] : [`arms that can be run: ${otherArms.join(", ") || "none"}`];
  const isWhole = state === "whole" && stops.length > 0;
  return [
    isWhole ? words.partly : words[state],
    ...[...because, ...stops, ...others, ...tuningNotes].map((each) => `- ${each}`),
  ];
}

/** How many, and those that can't. */
function tuningWords({ can, partly, unknown, cannot, whole }: TuningsHere): string[] {
  const counts = [
    `${can} can be applied`,
    ...(partly > 0 ? [`${partly} on some nodes only`] : []),
    `${cannot.length} can't`,
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  return [
    counts.join(", "),
    ...bySame(cannot, whyNot).map((same) => `- ${same.map(withNearest).join(", ")}: ${same.slice(0, 1).map(whyNot)}`),
    `all of it: ${whole}`,
  ];
}

type Barred = TuningsHere["cannot"][number];

function whyNot({ because }: Barred): string {
  return because.map(becauseWords).join("; ");
}

/** Of other remedies for the same claim nothing is said in a word: what they really do takes a sentence. */
function withNearest({ name, nearest: found }: Barred): string {
  const nearest = found.filter(({ by }) => by !== "same-claim");
  return nearest.length === 0 ? name : `${name} (nearest that can: ${nearest.map((near) => near.name).join(", ")})`;
}
