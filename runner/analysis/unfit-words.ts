import type { NodeUnfit, Target } from "../result/target.ts";

const NAMED = 4;

/** Why a node takes no part: "win-1 runs windows". */
export function unfitWords(because: NodeUnfit): string {
  switch (because.kind) {
    case "operating-system":
      return `runs ${because.is}`;
    case "virtual":
      return `is virtual (${because.by})`;
    case "architecture":
      return because.is === "" ? "does not say its architecture" : `has architecture ${because.is}`;
    case "not-selected":
      return `has no label ${because.label}`;
    case "not-ready":
      return `is not ready (${because.says})`;
    case "cordoned":
      return "is cordoned";
    case "tainted":
      return `has taint ${because.taint}`;
    case "not-needed":
      return "is not needed";
  }
}

/** A line for each reason: "win-1, win-2: runs windows"; of many nodes the first ones are named, and all are counted. */
export function leftOutLines(leftOut: Readonly<NonNullable<Target["leftOut"]>>): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, because } of leftOut) {
    const words = unfitWords(because);
    byReason.set(words, [...(byReason.get(words) ?? []), name]);
  }
  return [...byReason].map(([words, names]) => {
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    return `${names.slice(0, NAMED).join(", ")}${more}: ${words}`;
  });
}
