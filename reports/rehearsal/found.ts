/** The expected peak against what was found, and what breaks first, each in sentences. */

import { whyLoadLimited } from "../../runner/analysis/rehearsal/stage-verdict.ts";
import type { FirstToBreak, Rehearsal } from "../../runner/result/rehearsal.ts";
import { formatCount, formatShare } from "../view/format.ts";
import { judgeStage } from "./stages.ts";
import { HOP_WORDS, perSecond, timesWords } from "./words.ts";

export function wantedPerSecond({ expectedPeakPerSecond, wantedHeadroom }: Rehearsal): number {
  return expectedPeakPerSecond * wantedHeadroom;
}

/** "2,000/s are expected; 1.5 × that, 3,000/s, is wanted" */
export function peakWords(seen: Rehearsal): string {
  const { expectedPeakPerSecond, wantedHeadroom } = seen;
  return `${perSecond(expectedPeakPerSecond)} expected; ${timesWords(wantedHeadroom)} that, ${perSecond(wantedPerSecond(seen))}, wanted`;
}

/** What was held and what was not: "3,200/s held (1.6 × the peak), 3,400/s failed: the most lies between, 6.25 % apart". */
export function foundWords(seen: Rehearsal): string {
  const { held, failed } = seen.found;
  const peak = seen.expectedPeakPerSecond;
  const times = held !== null && peak > 0 ? ` (${timesWords(held / peak)} the peak)` : "";
  if (held !== null && failed !== null)
    return `${perSecond(held)} held${times}, ${perSecond(failed)} failed: the most lies between, ${formatShare((failed - held) / held)} apart`;
  if (held !== null) return `${perSecond(held)} held${times}; ${endWords(seen)}`;
  if (failed !== null) return `no rate was held; ${perSecond(failed)} failed, and nothing lower was found to be held`;
  return `no rate was found; ${endWords(seen)}`;
}

/** What ended the search. The load's own limit is never taken for the target's. */
export function endWords(seen: Rehearsal): string {
  switch (seen.found.limitedBy) {
    case "target":
      return "the target ended the search";
    case "load":
      return `${loadEndWords(seen) ?? "our load ended"} before the target did: it may take more`;
    case "cap":
      return "the plan’s cap ended the search: the target may take more";
    case "time":
      return "the plan’s time ended the search: the target may take more";
    case "not-searched":
      return "nothing higher was searched for";
    case "stop-rule":
      return "the plan’s stop rule ended the search: as much had failed or broken as it lets";
    case "unseen":
      return "a stage could not be judged, which ended the search";
  }
}

/** "our load ended at 4,000/s (CPU of worker 2 full)", of the stage that ended the search; null: it did in no stage. */
export function loadEndWords({ stages, slos }: Rehearsal): string | null {
  const ended = stages.findLast((stage) => judgeStage(stage, slos).state === "load");
  if (ended === undefined) return null;
  const why = whyLoadLimited(ended);
  return `our load ended at ${perSecond(ended.ratePerSecond)}${why === null ? "" : ` (${why})`}`;
}

/** What breaks first, or why that is not known. */
export function firstWords(seen: Rehearsal): string {
  const { breaksFirst, found } = seen;
  if (breaksFirst !== null)
    return `${HOP_WORDS[breaksFirst.hop].inSentence}, at ${perSecond(breaksFirst.atPerSecond)}: ${firstProof(breaksFirst)}`;
  if (found.failed === null && found.held !== null) return `nothing was seen to break, up to ${perSecond(found.held)}`;
  return "not known: no counter that was read names it";
}

/** "node worker-1, nf_conntrack drop, 412 lost, measured" */
export function firstProof({ where, counter, lost, how }: FirstToBreak): string {
  const many = lost === null ? "how many were lost is not known" : `${formatCount(lost)} lost`;
  return `${where}, ${counter}, ${how === "predicted" ? "predicted by the model, not seen" : `${many}, measured`}`;
}
