/** What happened in an arm's blocks, on the time axis that they share. */
import type { ArmView } from "./arms.ts";
import { formatQuantity } from "./format.ts";
import { cliffOf, median } from "./series.ts";

export interface BlockEvent {
  /** The arm's index. */
  readonly arm: number;
  /** Seconds since the load began; where blocks differ, their median. */
  readonly atS: number;
  readonly what: string;
}

/** The first drop of conntrack tables; suites add what else happened. */
export function firstDrops(arms: readonly ArmView[]): readonly BlockEvent[] {
  return arms.flatMap((arm) => {
    const cliff = cliffOf(arm);
    return cliff === null ? [] : [{ arm: arm.index, atS: cliff.atS, what: "first drop" }];
  });
}

/** Instants of one event in several blocks as one; null where no block has it. */
export function eventOf({ index }: Pick<ArmView, "index">, what: string, atS: readonly number[]): BlockEvent | null {
  const middle = median(atS);
  return middle === null ? null : { arm: index, atS: middle, what };
}

/** "baseline: first drop at 17.5 s"; "" where nothing happened. */
export function eventWords(arms: readonly ArmView[], events: readonly BlockEvent[]): string {
  return arms
    .flatMap(({ index, label }) => {
      const own = events.filter(({ arm }) => arm === index).sort((a, b) => a.atS - b.atS);
      const words = own.map(({ what, atS }) => `${what} at ${formatQuantity(atS, "s")}`);
      return words.length === 0 ? [] : [`${label}: ${words.join(", ")}`];
    })
    .join("; ");
}
