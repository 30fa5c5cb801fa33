/** What of a stage no second told: the whole less what was seen, judged by the SLO's own limit. */
import type { Slo } from "../../result/rehearsal.ts";
import { sum } from "../samples.ts";
import { mostShare, type Second, type Told, tellsAll, toldBy } from "./windows.ts";

export interface Unseen {
  /** Of the whole length; what is beyond them was not told. */
  readonly seconds: readonly Second[];
  readonly lengthS: number;
  readonly windowS: number;
  /** Highest rate that the stage offers. */
  readonly ratePerSecond: number;
  /** By the workers' reports, of the whole stage. */
  readonly whole: Told;
}

/** Windows in breach, of one a second. */
export interface BreachedS {
  /** So many are in breach wherever the unseen failures lie. */
  readonly leastS: number;
  /** That could be in breach. */
  readonly mostS: number;
  /** Of what is bad in the windows of which one is in breach; null: none has to be. */
  readonly share: number | null;
}

export const NONE_BREACHED: BreachedS = { leastS: 0, mostS: 0, share: null };

/**
 * Windows that do not overlap and have all that was not seen in them: where those have too much of what is bad together, one of
 * them has. A window in breach comes after one that is not by a second's requests at the most, so that what is too much takes at
 * least as many windows as it takes seconds.
 */
export function breachedUnseen(slo: Slo, unseen: Unseen): BreachedS {
  const { lengthS, whole } = unseen;
  const told = Array.from({ length: lengthS }, (_, atS) => toldBy(slo, unseen.seconds[atS] ?? null));
  const seen = { ended: sum(told.map((each) => each?.ended ?? 0)), bad: sum(told.map((each) => each?.bad ?? 0)) };
  const rest = { ended: Math.max(0, whole.ended - seen.ended), bad: Math.max(0, whole.bad - seen.bad) };
  if (rest.bad === 0) return NONE_BREACHED;
  const gaps = told.flatMap((_, atS) => (tellsAll(slo, unseen.seconds[atS] ?? null) ? [] : [atS]));
  // What ends after the planned length counts in the last second.
  const places = gaps.length === 0 ? [lengthS - 1] : gaps;
  return { ...least(slo, unseen, told, rest, places), mostS: most(slo, unseen, told, rest, places) };
}

type Seconds = readonly (Told | null)[];

function least(
  slo: Slo,
  unseen: Unseen,
  told: Seconds,
  rest: Told,
  places: readonly number[],
): Pick<BreachedS, "leastS" | "share"> {
  const windows = covering(places, unseen);
  const [last, before] = [windows.at(-1), windows.at(-2)];
  // The last one may have been moved back over the one before it, and what was not seen may lie in both.
  const isTwice = last !== undefined && before !== undefined && last < before + unseen.windowS;
  const bad = sum(windows.map((from) => within(told, from, unseen.windowS, "bad"))) + rest.bad;
  const ended =
    sum(windows.map((from) => within(told, from, unseen.windowS, "ended"))) + rest.ended * (isTwice ? 2 : 1);
  const tooMuch = bad - mostShare(slo) * ended;
  if (tooMuch <= 0) return { leastS: 0, share: null };
  const perSecond = Math.max(unseen.ratePerSecond, rest.ended / places.length, ...told.map((each) => each?.ended ?? 0));
  return { leastS: Math.max(1, Math.ceil(tooMuch / perSecond)), share: bad / ended };
}

/** Where each of them begins. */
function covering(places: readonly number[], { windowS, lengthS }: Unseen): number[] {
  const windows: number[] = [];
  let coveredUntil = 0;
  for (const place of places) {
    if (place < coveredUntil) continue;
    windows.push(Math.max(0, Math.min(place, lengthS - windowS)));
    coveredUntil = place + windowS;
  }
  return windows;
}

/** Were all that is bad in one window; what else was not told is spread over where it was not. */
function most(slo: Slo, { windowS, lengthS }: Unseen, told: Seconds, rest: Told, places: readonly number[]): number {
  const isPlace = new Set(places);
  const restPerPlace = rest.ended / places.length;
  const ends = new Set(
    places.flatMap((place) =>
      Array.from({ length: windowS }, (_, after) => place + after).filter((end) => end < lengthS),
    ),
  );
  return [...ends].filter((end) => {
    const from = Math.max(0, end - windowS + 1);
    const [ended, bad] = [within(told, from, end - from + 1, "ended"), within(told, from, end - from + 1, "bad")];
    const unseenS = Array.from({ length: end - from + 1 }, (_, after) => from + after).filter((at) =>
      isPlace.has(at),
    ).length;
    return bad + rest.bad > mostShare(slo) * (ended + Math.max(rest.bad, unseenS * restPerPlace));
  }).length;
}

function within(told: Seconds, from: number, lengthS: number, what: keyof Told): number {
  return sum(told.slice(from, from + lengthS).map((each) => each?.[what] ?? 0));
}
