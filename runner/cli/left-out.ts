import { unfitWords } from "../analysis/unfit-words.ts";
import type { NodeUnfit } from "../result/target.ts";

const NAMED = 4;

/** A line for each reason: "win-1, win-2 runs windows"; of many nodes the first ones are named, and all are counted. */
export function leftOutLines(leftOut: ReadonlyArray<{ readonly name: string; readonly because: NodeUnfit }>): string[] {
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
