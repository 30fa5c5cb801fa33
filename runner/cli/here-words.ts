import { tableLines } from "../../reports/terminal/table.ts";
import { wrap } from "../../reports/terminal/text.ts";
import { becauseWords, bySame } from "../preflight/here/words.ts";
import type { Here } from "./here.ts";

type Tuning = Here["tunings"][number];

const HEADINGS: ReadonlyArray<readonly [Tuning["state"], string]> = [
  ["can", "CAN BE APPLIED"],
  ["partly", "ON SOME NODES ONLY"],
  ["cannot", "CAN'T BE APPLIED"],
  ["unknown", "NOT KNOWN"],
];
const SHAPE = [{ align: "left" }, { align: "left" }, { align: "left", flexible: true }] as const;
const INDENT = "    ";

/** For the terminal: what can be applied, what can't, and what is not known, with the reason beneath. */
export function hereWords(seen: Here, width: number): string {
  const lines = tableLines(
    SHAPE,
    seen.tunings.map(({ name, scope, title }) => [name, scope, title].map((text) => ({ text }))),
    width - 2,
  );
  const lineOf = new Map(seen.tunings.map((each, index) => [each, `  ${lines[index] ?? ""}`]));
  const groups = HEADINGS.flatMap(([state, heading]) => {
    const own = seen.tunings.filter((each) => each.state === state);
    if (own.length === 0) return [];
    const same = bySame(own, (each) => commonWords(each).join("\n"));
    const blocks = same.flatMap((each) => [
      ...each.map((tuning) => lineOf.get(tuning) ?? ""),
      ...(each[0] ? commonWords(each[0]) : []).flatMap((words) => indented(words, width)),
      ...[...each.flatMap(ownWords), ...alone(each)].flatMap((words) => indented(words, width)),
    ]);
    return [[`${heading} (${own.length})`, ...blocks].join("\n")];
  });
  const { unseen } = seen;
  const notRead =
    unseen.length === 0 ? [] : [["NOT READABLE", ...unseen.flatMap((each) => indented(each, width))].join("\n")];
  return `${[headWords(seen, width), ...groups, ...notRead, ...nextWords(seen)].join("\n\n")}\n`;
}

function headWords({ context, kubernetes, nodes, leftOut }: Here, width: number): string {
  const version = kubernetes === null ? "its version can't be read" : `Kubernetes ${kubernetes}`;
  const count = nodes === null ? "nodes can't be listed" : `${nodes} node${nodes === 1 ? "" : "s"}`;
  const left = leftOut.flatMap((each) => indented(`left out: ${each}`, width));
  return [`${context}: ${version}, ${count}; nothing was changed`, ...left].join("\n");
}

/** What several tunings have in common. */
function commonWords({ state, because, remarks, needs }: Tuning): string[] {
  return [
    ...because.map((each) => `- ${becauseWords(each)}`),
    ...remarks.map((each) => `- ${each}`),
    ...(needs && state !== "cannot" ? [`- takes ${needs.flag}`] : []),
  ];
}

const NEAR = {
  "same-key": "sets the same in",
  "same-setting": "sets the same otherwise, in",
  "same-claim": "another remedy of the same, in",
};

function ownWords({ name, state, nearest, nodes }: Tuning): string[] {
  // On nodes the same setting may do nothing for pods.
  const caution = ({ scope, note }: Tuning["nearest"][number]) =>
    scope === "node" || scope === "kernel" ? `: ${note}` : "";
  const near = nearest.map((each) => `${each.name} (${NEAR[each.by]} ${each.scope}${caution(each)})`);
  return [
    ...(state === "partly" && nodes ? [`- ${name} can on: ${nodes.can.join(", ")}`] : []),
    ...(near.length > 0 ? [`- nearest to ${name} that can: ${near.join(", ")}`] : []),
  ];
}

/** Those to which nothing of the catalogue comes near. */
function alone(tunings: readonly Tuning[]): string[] {
  const names = tunings.filter(({ state, nearest }) => isBarred(state) && nearest.length === 0).map(({ name }) => name);
  return names.length === 0 ? [] : [`- nothing that can comes near ${names.join(", ")}`];
}

function isBarred(state: Tuning["state"]): boolean {
  return state === "cannot" || state === "partly";
}

function nextWords({ tunings }: Here): string[] {
  const [first, ...others] = tunings;
  if (!first) return [];
  if (others.length === 0) return first.try === null ? [] : [`try it: ${first.try}`];
  return ["packetwalk tunings --here NAME says the command that measures one here."];
}

function indented(words: string, width: number): string[] {
  return wrap(words, width - INDENT.length).map((line) => `${INDENT}${line}`);
}
