import type { AttributionNote } from "../../runner/analysis/attribution.ts";
import type { Said } from "../../runner/result/said.ts";
import { attributionWords, type Say } from "./attribution.ts";

const SAID_BY_ALL: ReadonlySet<string> = new Set<AttributionNote["kind"]>([
  "self-evident",
  "overflowed",
  "lost-syns",
  "harmless-drops",
  "unexplained",
]);

/** What all suites say is worded here, the rest by the suite's own report. */
export function sayOf(report: { words(said: Said): string }): Say {
  return (said) => (isOfAll(said) ? attributionWords(said) : report.words(said));
}

function isOfAll(said: Said): said is AttributionNote {
  return SAID_BY_ALL.has(said.kind);
}
