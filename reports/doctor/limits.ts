/** What breaks first under load, and what the others take: in words, for terminal, Markdown and page alike. */
import type { Diagnosis, Limit } from "../../runner/result/diagnosis.ts";
import { formatCount, formatQuantity } from "../view/format.ts";
import { HOP_WORDS, hopInSentence } from "./words.ts";

/** One whose rate is known. */
export interface PlacedLimit extends Limit {
  readonly breaksAtPerSecond: number;
}

export function placedLimits({ limits }: Pick<Diagnosis, "limits">): PlacedLimit[] {
  return limits.flatMap((limit) =>
    limit.breaksAtPerSecond === null ? [] : [{ ...limit, breaksAtPerSecond: limit.breaksAtPerSecond }],
  );
}

export function unplacedLimits({ limits }: Pick<Diagnosis, "limits">): Limit[] {
  return limits.filter(({ breaksAtPerSecond }) => breaksAtPerSecond === null);
}

/** "Under load the connection table (node a) breaks first, at 1,986 connections/s of one node: …" */
export function firstToBreak(seen: Pick<Diagnosis, "limits">): string {
  const [first, ...others] = placedLimits(seen);
  const unplaced = [...new Set(unplacedLimits(seen).map(({ hop }) => hop))];
  const notKnown = unplaced.length === 0 ? "" : `; not known: ${unplaced.map((hop) => HOP_WORDS[hop]).join(", ")}`;
  if (!first) return `What breaks first under load is not known${notKnown}.`;
  const at = `${perSecondWords(first.breaksAtPerSecond)} of one node${atRateWords(first)}`;
  const rest = others.map((each) => `${HOP_WORDS[each.hop]} ${timesWords(timesOf(each, first))}`);
  const have = rest.length === 0 ? "" : `; the others have ${rest.join(", ")}`;
  return `Under load ${hopInSentence(first.hop)} (${first.subject}) ${first.hop === "dns" || first.hop === "conntrack" ? "breaks" : "break"} first, at ${at}${have}${notKnown}.`;
}

/** Beside the first one's number: of the rate that each is held against, or of the first one's. */
function timesOf({ times, breaksAtPerSecond }: PlacedLimit, first: PlacedLimit): number | null {
  if (first.times !== null) return times;
  return first.breaksAtPerSecond > 0 ? breaksAtPerSecond / first.breaksAtPerSecond : null;
}

function atRateWords({ inS, ratePerSecond, times }: Limit): string {
  if (ratePerSecond === null) return "";
  if (inS !== null) return `, ${lastsWords(inS)} at ${perSecondWords(ratePerSecond)}`;
  return times === null ? "" : `, ${timesWords(times)} the ${perSecondWords(ratePerSecond)} that come`;
}

export function lastsWords(inS: number): string {
  return inS < 0.5 ? "at once" : `in ${formatQuantity(Math.round(inS), "s")}`;
}

/** "at once", "in 101 s"; what is not reached, and where no rate is known. */
export function whenWords({ inS, ratePerSecond }: Limit): string {
  if (ratePerSecond === null) return "no rate known";
  return inS === null
    ? `never at ${perSecondWords(ratePerSecond)}`
    : `${lastsWords(inS)} at ${perSecondWords(ratePerSecond)}`;
}

export function perSecondWords(perSecond: number): string {
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : formatCount(Math.round(perSecond))}/s`;
}

/** "2.3x"; one that is just not enough does not look like enough. */
export function timesWords(times: number | null): string {
  if (times === null) return "–";
  if (times >= 100) return `${formatCount(Math.round(times))}x`;
  const rounded = times < 1 ? Math.floor(times * 100) / 100 : Math.floor(times * 10) / 10;
  return `${rounded}x`;
}
