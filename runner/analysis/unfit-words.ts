import type { NodeUnfit } from "../result/target.ts";

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
