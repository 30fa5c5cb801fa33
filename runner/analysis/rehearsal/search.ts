/** The search for the highest rate that is held: which stage comes next, or what was found. */
import type { FoundMost } from "../../result/rehearsal.ts";
import type { StageVerdict } from "./stage-verdict.ts";

export interface SearchPlan {
  readonly expectedPeakPerSecond: number;
  /** First steps, as multiples of the expected peak, rising. */
  readonly factors: readonly number[];
  /** The search ends when the rate that broke is within this share above the one that was held. */
  readonly precision: number;
  readonly mostPerSecond: number;
  /** That is left for stages. */
  readonly remainingS: number;
  /** All that a stage at this rate takes. */
  readonly stageS: (ratePerSecond: number) => number;
}

/** A stage that was run. */
export interface Judged {
  readonly ratePerSecond: number;
  readonly verdict: StageVerdict;
}

export type Next = { readonly ratePerSecond: number } | { readonly end: FoundMost };

/** Beyond the planned factors, where even the last was held: as far as the cap or the time lets it. */
const GROWTH = 1.5;
/** Below this share of the expected peak nothing is looked for. */
const LEAST_SHARE = 1 / 64;
/** No search tells rates apart that are closer: workers share a rate out among them, and round. */
const FINEST = 0.01;
/** A stage that the load's own limit or a gap spoilt says nothing of the target, and neither may be there the next time. */
const MOST_TRIES = 2;
/** As close as the same rate comes when it is offered again. */
const SAME = 0.001;

/**
 * Up by the factors until one breaks, then bisection; down by halves where the first breaks already. The middle is the
 * geometric one: the search ends by the ratio of its two rates, and that halves the ratio of the worse case. A rate whose stage
 * was spoilt is offered once more before the search ends there.
 * @param done in the order in which they ran; the day's own stage may be the first of them
 */
export function nextStage(plan: SearchPlan, done: readonly Judged[]): Next {
  const found = boundsOf(done);
  const end = (limitedBy: FoundMost["limitedBy"]): Next => ({
    end: { held: found.held, failed: found.failed, limitedBy },
  });
  const spoilt = spoiltIn(done);
  if (spoilt && spoilt.times >= MOST_TRIES) return end(spoilt.by);
  const next = spoilt?.perSecond ?? found.doubtful ?? candidate(plan, found);
  if (typeof next === "string") return end(next);
  return plan.stageS(next) > plan.remainingS ? end("time") : { ratePerSecond: next };
}

interface Bounds {
  readonly held: number | null;
  readonly failed: number | null;
  /** Broke once although a higher rate was held: to be run once more. */
  readonly doubtful: number | null;
}

function candidate(plan: SearchPlan, { held, failed }: Bounds): number | "target" | "cap" {
  if (failed !== null) return held === null ? downFrom(failed, plan) : between(held, failed, plan.precision);
  return upFrom(held, plan);
}

function upFrom(held: number | null, plan: SearchPlan): number | "cap" {
  const { expectedPeakPerSecond: peak, mostPerSecond: cap } = plan;
  if (held !== null && cap <= held * (1 + Math.max(FINEST, plan.precision))) return "cap";
  // 1.1 × 3 is 3.3000000000000003 to a computer.
  const rates = plan.factors.map((factor) => Number((factor * peak).toPrecision(6)));
  const next = held === null ? (rates[0] ?? peak) : (rates.find((rate) => rate > (1 + FINEST) * held) ?? GROWTH * held);
  return Math.min(next, cap);
}

function downFrom(failed: number, { expectedPeakPerSecond: peak }: SearchPlan): number | "target" {
  const half = failed / 2;
  return half < LEAST_SHARE * peak ? "target" : half;
}

function between(held: number, failed: number, precision: number): number | "target" {
  if (failed - held <= Math.max(FINEST, precision) * held) return "target";
  const middle = Math.sqrt(held * failed);
  const readable = Number(middle.toPrecision(3));
  const next = readable > held && readable < failed ? readable : middle;
  return next > held && next < failed ? next : "target";
}

interface Spoilt {
  readonly perSecond: number;
  readonly times: number;
  readonly by: "load" | "unseen";
}

/** A rate of which nothing is known yet, since each of its stages was spoilt; null: there is none. */
function spoiltIn(done: readonly Judged[]): Spoilt | null {
  const latest = done.at(-1);
  if (!latest || isJudged(latest)) return null;
  const same = done.filter(({ ratePerSecond }) => isSame(ratePerSecond, latest.ratePerSecond));
  return {
    perSecond: latest.ratePerSecond,
    times: same.filter((each) => !isJudged(each)).length,
    by: latest.verdict === "unseen" ? "unseen" : "load",
  };
}

function isJudged({ verdict }: Judged): boolean {
  return verdict === "held" || verdict === "broke";
}

function isSame(a: number, b: number): boolean {
  return Math.max(a, b) < Math.min(a, b) * (1 + SAME);
}

interface Rate {
  readonly perSecond: number;
  held: number;
  broke: number;
}

/**
 * A rate that broke once and was held once counts as held; the interval is then open to a higher one. What was held above a
 * rate that broke twice is noise: it counts for nothing.
 */
function boundsOf(done: readonly Judged[]): Bounds {
  const rates = byRate(done);
  const isHeld = ({ held, broke }: Rate) => held > 0 && held >= broke;
  const highest = Math.max(...rates.filter(isHeld).map(({ perSecond }) => perSecond));
  const doubtful = rates.find((rate) => rate.broke === 1 && !isHeld(rate) && rate.perSecond < highest);
  const failed = rates.find((rate) => rate.broke > 0 && !isHeld(rate));
  const held = rates.findLast((rate) => isHeld(rate) && (!failed || rate.perSecond < failed.perSecond));
  return {
    held: held?.perSecond ?? null,
    failed: failed?.perSecond ?? null,
    doubtful: doubtful?.perSecond ?? null,
  };
}

/** Rising. */
function byRate(done: readonly Judged[]): Rate[] {
  const rates: Rate[] = [];
  for (const { ratePerSecond, verdict } of [...done].sort((a, b) => a.ratePerSecond - b.ratePerSecond)) {
    if (verdict !== "held" && verdict !== "broke") continue;
    const last = rates.at(-1);
    const rate = last && isSame(ratePerSecond, last.perSecond) ? last : { perSecond: ratePerSecond, held: 0, broke: 0 };
    if (rate !== last) rates.push(rate);
    rate[verdict]++;
  }
  return rates;
}
