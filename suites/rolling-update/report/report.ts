import type { SuiteReport } from "../../../reports/suite-report.ts";
import { formatCount, formatQuantity } from "../../../reports/view/format.ts";
import type { RolloutEvidenceOfSuite } from "../evidence.ts";
import { rolloutsInTerminal } from "./terminal.ts";
import { leftOutWords, remedyWords, rolloutWords } from "./words.ts";

export const rolloutReport: SuiteReport<RolloutEvidenceOfSuite> = {
  blockLine: ({ evidence }) => `${formatCount(evidence.attributed)} of them explained`,
  scale: ({ quick, load }) =>
    quick
      ? `quick: blocks of ${formatQuantity(load.durationMs, "ms")} with the two restarts only; no scale-down, eviction or kill`
      : "",
  advice: () => [],
  notes: ({ evidence }) => [
    ...evidence.remedies.flatMap(({ arm, problems }) =>
      problems.map((problem) => `arm ${arm}: ${remedyWords(problem)}`),
    ),
    ...evidence.leftOut.map(({ path, why }) => leftOutWords(path, why)),
  ],
  words: rolloutWords,
  terminal: rolloutsInTerminal,
  walkOnlyIfDropped: true,
  page: async () => (await import("./page.ts")).rolloutPage,
};
