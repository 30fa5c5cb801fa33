import type { OverallVerdict, Result } from "../../runner/result/result.ts";
import { armViews } from "../view/arms.ts";
import { overallVerdict } from "../view/overall.ts";
import { causeWords } from "./clusters.ts";

/** The verdict in a sentence that can be repeated without the rest of the report. */
export function answerSentence(result: Result): string {
  const [baseline, tuned] = armViews(result).map(({ label }) => label);
  const { suite } = result;
  switch (result.verdict) {
    case "improved":
      return `In ${suite}, ${tuned} did better than ${baseline}, by more than noise and by enough to matter${causeWords(result)}.`;
    case "regressed":
      return `In ${suite}, ${tuned} did worse than ${baseline}, by more than noise and by enough to matter${causeWords(result)}.`;
    case "equivalent":
      return `In ${suite}, any difference between ${baseline} and ${tuned} is too small to matter.`;
    case "inconclusive":
      return `In ${suite}, there is not enough evidence to tell ${tuned} from ${baseline}; this is not a pass.`;
    case "invalid":
      return `In ${suite}, the run itself is not evidence for or against ${tuned}; this is not a pass.`;
  }
}

/** The same of several suites of one run. */
export function answerOfAll(results: readonly Result[], missing: readonly string[]): string {
  const of = (wanted: OverallVerdict) =>
    results.flatMap(({ suite, verdict }) => (verdict === wanted ? [suite] : [])).join(", ");
  const [regressed, improved] = [of("regressed"), of("improved")];
  const notTold = [of("inconclusive"), of("invalid"), missing.join(", ")].filter((names) => names !== "").join(", ");
  const open = notTold === "" ? "" : `${notTold} ${NO_ANSWER}`;
  switch (overallVerdict(results, missing)) {
    case "regressed":
      return `The tuned arm did worse in ${regressed}${improved && `, better in ${improved}`}${open && `; ${open}`}.`;
    case "improved":
      return `The tuned arm did better in ${improved}, and worse in none.`;
    case "equivalent":
      return "In no suite is there a difference that matters.";
    default:
      return `Not a pass: ${open}${improved && `; the tuned arm did better in ${improved}`}.`;
  }
}

const NO_ANSWER = "gave no answer";
