/** What each hop takes, as one row a hop: of several places that one which runs out first. */
import type { Headroom, Rehearsal } from "../../runner/result/rehearsal.ts";
import { plural } from "../view/format.ts";

export interface HopLimit extends Headroom {
  /** Other places of this hop, which take as much or more. */
  readonly others: number;
  /** Rate at which it broke; null: it is not what breaks first. */
  readonly brokeAtPerSecond: number | null;
}

/** Along the packet's walk, as the document has it; a hop that broke and of which no headroom is known comes last. */
export function hopLimits({ headroom, breaksFirst }: Rehearsal): HopLimit[] {
  const hops = [...new Set(headroom.map(({ hop }) => hop))];
  const brokeAt = (hop: Headroom["hop"]) => (breaksFirst?.hop === hop ? breaksFirst.atPerSecond : null);
  const rows = hops.flatMap((hop): HopLimit[] => {
    const places = headroom.filter((each) => each.hop === hop);
    const [tightest, ...others] = [...places].sort(byLeft);
    return tightest ? [{ ...tightest, others: others.length, brokeAtPerSecond: brokeAt(hop) }] : [];
  });
  if (breaksFirst === null || hops.includes(breaksFirst.hop)) return rows;
  const { hop, where, counter: of, atPerSecond } = breaksFirst;
  const unknown = { predictedPerSecond: null, measuredPerSecond: null, left: null, others: 0 };
  return [...rows, { ...unknown, hop, where, of, brokeAtPerSecond: atPerSecond }];
}

/** Unknown is neither much nor little: it comes last. */
function byLeft(a: Headroom, b: Headroom): number {
  return (a.left ?? Number.MAX_VALUE) - (b.left ?? Number.MAX_VALUE);
}

/** "node worker-1 and 2 others" */
export function placeWords({ where, others }: HopLimit): string {
  return others === 0 ? where : `${where} and ${plural(others, "other")}`;
}
