/** What the hops' counters say was lost in a stage, beyond what they lose at a rate that is held. */
import { BREAKING_HOPS, type BreakingHop, type HopReading, type RehearsedStage } from "../../result/rehearsal.ts";
import { beyondIdle, isSame } from "./idle.ts";
import { endedIn } from "./stage-verdict.ts";

export interface HopLoss {
  readonly hop: BreakingHop;
  /** Over all places. */
  readonly lost: number;
  /** Where most of it was lost, and by which counter. */
  readonly most: { readonly where: string; readonly counter: string; readonly lost: number };
}

/** Of what is lost once and counted twice, the counter that says more of why: listenDrops counts overflows as well. */
const MORE_SPECIFIC = ["listenOverflows", "reqQFullDrop", "conntrackDrop"];

/**
 * Along the packet's walk. A counter that moved as much per request in the stage that was held, or as much without any load, is no
 * cause, and is left out.
 * @param held null: no stage was held, so there is nothing to compare with
 */
export function lossesIn(stage: RehearsedStage, held: RehearsedStage | null): HopLoss[] {
  const scale = held === null || endedIn(held) === 0 ? 0 : endedIn(stage) / endedIn(held);
  const beyond = stage.readings.flatMap((reading) => {
    const same = held?.readings.find((each) => isSame(each, reading));
    const lost = Math.floor((beyondIdle(reading) ?? 0) - scale * ((same && beyondIdle(same)) ?? 0));
    return lost > 0 && !isResolvedClash(reading, stage) ? [{ ...reading, lost }] : [];
  });
  return BREAKING_HOPS.flatMap((hop) => {
    const places = onePlaceEach(beyond.filter((reading) => reading.hop === hop));
    const most = places.reduce<HopLoss["most"] | null>((top, one) => (top && top.lost >= one.lost ? top : one), null);
    if (most === null) return [];
    return [{ hop, lost: places.reduce((total, { lost }) => total + lost, 0), most }];
  });
}

type Lost = HopReading & { readonly lost: number };

/** insert_failed also counts clashes that the kernel resolved; where a packet died, drop says so (docs/physics.md). */
function isResolvedClash({ counter, where }: HopReading, { readings }: RehearsedStage): boolean {
  return (
    counter === "conntrackInsertFailed" &&
    readings.some((each) => each.where === where && each.counter === "conntrackDrop" && each.lost !== null)
  );
}

/** Counters of one place overlap, so the one that counted most stands for it. */
function onePlaceEach(readings: readonly Lost[]): HopLoss["most"][] {
  const places = new Map<string, HopLoss["most"]>();
  for (const { where, counter, lost } of readings) {
    const known = places.get(where);
    const isMore = !known || lost > known.lost || (lost === known.lost && MORE_SPECIFIC.includes(counter));
    if (isMore) places.set(where, { where, counter, lost });
  }
  return [...places.values()];
}
