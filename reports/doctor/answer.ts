/** The answer in one sentence: what breaks first and at which number, or that nothing does. */
import type { Diagnosis } from "../../runner/result/diagnosis.ts";
import { formatCount, plural } from "../view/format.ts";
import { byHop, type Group, subjectsOf } from "./groups.ts";
import { hopInSentence, leftWords, outcomesOf, perNodeWords, silentChecks, subjectWords } from "./words.ts";

export interface Answer {
  /** Blind: no check could see what it judges, so nothing can be said. */
  readonly kind: "critical" | "warning" | "sound" | "blind";
  readonly sentence: string;
}

export function answerOf(seen: Diagnosis): Answer {
  const { found, nothing, partly, unseen } = outcomesOf(seen.walk);
  const asked = found + nothing + partly + unseen;
  if (found + nothing === 0) {
    return {
      kind: "blind",
      sentence: `Nothing can be said: none of the ${formatCount(asked)} checks could see all that it judges.`,
    };
  }
  const silent = silentChecks(seen);
  const among = silent === 0 ? "" : `, as far as ${formatCount(asked - silent)} of ${plural(asked, "check")} could see`;
  const [worst] = byHop(seen.findings);
  const first = worst?.groups[0];
  if (first?.first.severity === "critical") {
    return {
      kind: "critical",
      sentence: `It breaks first at ${placeWords(first)}${among}: ${shortened(first.first.consequence)}.`,
    };
  }
  if (first?.first.severity === "warning") {
    const now = seen.rate === null ? "now" : `now, nor at ${perNodeWords(seen.rate)}`;
    return {
      kind: "warning",
      sentence: `Nothing fails ${now}${among}; it breaks first at ${placeWords(first)}: ${shortened(first.first.consequence)}.`,
    };
  }
  return { kind: "sound", sentence: `Nothing worse than info was found${among}${leastWords(seen)}.` };
}

function placeWords(group: Group): string {
  return `${hopInSentence(group.first.hop)} (${subjectWords(subjectsOf(group), 1)})`;
}

/**
 * Consequences begin with what happens, and say behind a semicolon what else there is to it: that is left to the finding,
 * unless the number is in it.
 */
function shortened(consequence: string): string {
  const [clause = consequence] = /^(?:[^;(]|\([^)]*\)|;(?! )|\()*/.exec(consequence) ?? [];
  return /\d/.test(clause) ? clause : consequence;
}

/** The number of a cluster in which nothing breaks. */
function leastWords({ findings, rate }: Diagnosis): string {
  const known = findings.flatMap(({ hop, headroom }) => (headroom ? [{ hop, ...headroom }] : []));
  const [least] = known.sort((a, b) => a.left - b.left);
  if (!least) return "";
  const at = rate === null ? "" : `at ${perNodeWords(rate)} `;
  return `: ${at}the least is left at ${hopInSentence(least.hop)}, ${leftWords(least.left)} of ${least.of}`;
}
