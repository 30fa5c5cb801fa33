import type { OverallVerdict, Result } from "../../runner/result/result.ts";

/** The worst first: a regression is never hidden by another suite's lack of an answer. */
const WORST_FIRST = ["regressed", "invalid", "inconclusive", "improved", "equivalent"] as const;

/** Of several suites together. What has no result can't be a pass. */
export function overallVerdict(
  results: readonly Pick<Result, "verdict">[],
  missing: readonly string[] = [],
): OverallVerdict {
  const verdicts = new Set<OverallVerdict>(results.map(({ verdict }) => verdict));
  if (missing.length > 0 || results.length === 0) verdicts.add("invalid");
  return WORST_FIRST.find((verdict) => verdicts.has(verdict)) ?? "invalid";
}

/** Whether there is an answer. Without one a run shows what it saw all the same, and nobody may take it for evidence. */
export function hasAnswer(verdict: OverallVerdict): boolean {
  return verdict !== "inconclusive" && verdict !== "invalid";
}
