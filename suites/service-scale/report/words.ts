import { formatCount, formatQuantity } from "../../../reports/view/format.ts";
import type { Said } from "../../../runner/result/said.ts";
import type { ScaleSaid } from "../analysis/said.ts";

/** What is said of a prediction or of a premise, in a clause. */
export function scaleWords(said: Said): string {
  const note = said as ScaleSaid;
  switch (note.kind) {
    case "not-programmed":
      return `node ${note.node} had ${formatCount(note.found)} of ${formatCount(note.wanted)} Services in its rules: what was loaded is not what is asked about`;
    case "ns-per-rule":
      return `${formatCount(note.rules)} rules at ${formatQuantity(note.leastNs, "")} to ${formatQuantity(note.mostNs, "")} ns each; the middle of both is shown`;
    case "nothing-walked":
      return `in ${note.mode} mode no other Service's rule is met on the way`;
    case "largest-less-smallest":
      return `connect p50 with ${formatCount(note.largest)} Services less that with ${formatCount(note.smallest)}`;
    case "one-size-only":
      return "not measured: blocks of one size only";
  }
  throw new Error(`service-scale never says ${said.kind}`);
}
