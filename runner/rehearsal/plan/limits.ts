import type { Fault } from "./fault.ts";
import type { Limits, Search } from "./plan.ts";
import type { PlanFile, SearchFields } from "./schema.ts";
import { MOST_LOOKUPS_IN_FLIGHT } from "./together.ts";
import { durationWords, plain } from "./units.ts";

const FACTORS = [1, 1.5, 2] as const;
/** Connection tables fill over 120 s, and are to be seen full for a while. */
const LONGEST_STAGE_S = 180;
/** With a short day before it a rehearsal ends within a quarter of an hour. */
const SEARCH_MINUTES = 12;
/** Twice the last step leaves room for where the search goes on from there. */
const BEYOND_SEARCH = 2;
/** More than this is to be asked for: by accident nobody sends as much. */
const MOST_BY_DEFAULT = 20_000;

/** As much as a minute of the highest rate, all of it failing. */
const FAILED_S = 60;

export interface Bounds {
  readonly search: Search;
  readonly limits: Limits;
}

interface Known {
  readonly expectedPeakPerSecond: number;
  readonly dayS: number;
}

/**
 * Search and limits, each as far as the other lets it.
 * @throws UsageError with file, line and field
 */
export function boundsOf(given: PlanFile, { expectedPeakPerSecond: peak, dayS }: Known, fault: Fault): Bounds {
  const run = given.search !== false;
  const fields: Partial<SearchFields> = typeof given.search === "boolean" ? {} : given.search;
  const { limits, headroom } = given;
  const steps = run ? (fields.factors ?? FACTORS) : [1];
  assertRising(steps, fault);
  const asked = Math.max(...steps, run ? headroom : 1) * peak;
  const mostPerSecond =
    limits.mostPerSecond ?? Math.max(1, Math.min(MOST_BY_DEFAULT, Math.ceil(asked * BEYOND_SEARCH)));
  const said = limits.mostPerSecond === undefined ? `${mostPerSecond}, the default` : String(mostPerSecond);
  const over = (what: string, perSecond: number) =>
    fault(
      ["limits", "mostPerSecond"],
      `is ${said}, and ${what} is ${plain(perSecond)} requests a second; raise it, or plan for less`,
    );
  if (peak >= mostPerSecond) throw over("the expected peak", peak);
  if (run && headroom * peak > mostPerSecond)
    throw over(`what has to be held for a go (headroom ${plain(headroom)})`, headroom * peak);
  const highest = Math.max(...(fields.factors ?? [1]));
  if (run && highest * peak > mostPerSecond)
    throw over(`the search's step of ${plain(highest)} times the expected peak`, highest * peak);
  return {
    limits: {
      mostPerSecond,
      mostMinutes: limits.mostMinutes,
      mostInFlight: mostInFlight(given, mostPerSecond, fault),
      mostFailedRequests: limits.mostFailedRequests ?? mostPerSecond * FAILED_S,
      mostBrokenStages: limits.mostBrokenStages,
    },
    search: {
      run,
      factors: fields.factors ?? FACTORS.filter((factor) => factor * peak <= mostPerSecond),
      precision: fields.precision ?? 0.05,
      stageS: fields.stage ?? null,
      longestStageS: longestStageS(fields, fault),
      mostMinutes: searchMinutes(run, fields, limits.mostMinutes, dayS, fault),
    },
  };
}

/** A worker that looks names up has its own limit: the default keeps to it, and what is said has to. */
function mostInFlight({ limits, load, targets }: PlanFile, mostPerSecond: number, fault: Fault): number {
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
  const lookups = Math.max(0, ...targets.map(({ names, weight }) => (names === undefined ? 0 : weight / weights)));
  const underWay = Math.ceil((mostPerSecond * lookups * (load.timeout + 1)) / load.workers);
  const most =
    underWay <= MOST_LOOKUPS_IN_FLIGHT
      ? Number.POSITIVE_INFINITY
      : Math.floor((MOST_LOOKUPS_IN_FLIGHT * load.workers) / lookups);
  if (limits.mostInFlight === undefined)
    return Math.max(1, Math.min(MOST_BY_DEFAULT, Math.ceil(mostPerSecond * load.timeout), most));
  if (limits.mostInFlight <= most) return limits.mostInFlight;
  throw fault(
    ["limits", "mostInFlight"],
    `is ${limits.mostInFlight}, and a worker has at most ${MOST_LOOKUPS_IN_FLIGHT} look-ups under way; write at most ${most}, or raise load.workers (${load.workers})`,
  );
}

function assertRising(factors: readonly number[], fault: Fault): void {
  factors.forEach((factor, index) => {
    const before = factors[index - 1];
    if (before !== undefined && factor <= before)
      throw fault(
        ["search", "factors", index],
        `${plain(factor)} does not rise above ${plain(before)} before it; write them in order, each once`,
      );
  });
}

function longestStageS({ stage, longestStage }: Partial<SearchFields>, fault: Fault): number {
  if (stage !== undefined && longestStage !== undefined && stage > longestStage)
    throw fault(
      ["search", "stage"],
      `is longer than search.longestStage (${durationWords(longestStage)}); make one of them fit`,
    );
  return longestStage ?? Math.max(LONGEST_STAGE_S, stage ?? 0);
}

function searchMinutes(
  run: boolean,
  { mostMinutes, stage }: Partial<SearchFields>,
  allMinutes: number,
  dayS: number,
  fault: Fault,
): number {
  const left = allMinutes - dayS / 60;
  if (left < 0)
    throw fault(
      ["limits", "mostMinutes"],
      `is ${plain(allMinutes)}, and the day alone lasts ${durationWords(dayS)}; raise it, or traffic.speed`,
    );
  if (!run) return mostMinutes ?? SEARCH_MINUTES;
  if (mostMinutes !== undefined && mostMinutes > left)
    throw fault(
      ["search", "mostMinutes"],
      `is ${plain(mostMinutes)}, and the day (${durationWords(dayS)}) leaves ${plain(left)} of limits.mostMinutes; raise that, or shorten the search`,
    );
  if (left < 1)
    throw fault(
      ["limits", "mostMinutes"],
      `is ${plain(allMinutes)}, of which the day (${durationWords(dayS)}) leaves no minute for the search; raise it, or write search: false`,
    );
  const minutes = mostMinutes ?? Math.min(SEARCH_MINUTES, left);
  if (stage !== undefined && stage > minutes * 60)
    throw fault(["search", "stage"], `is longer than the whole search (${plain(minutes)} minutes); make it shorter`);
  return minutes;
}
