/** How sure is sure enough. */
import { holm } from "../holm.ts";
import type { Compared, Comparison } from "./comparison.ts";

/** An adjusted p below it decides. */
export const ALPHA = 0.05;
export const CONFIDENCE = 0.95;
/** Below so much confidence an interval says nothing. */
export const LEAST_CONFIDENCE = 0.8;
/** Help and harm are believed at half of ALPHA each. */
const SIDES = 2;

export interface Adjusted {
  readonly better: number;
  readonly worse: number;
  /** Of the families that it was corrected in. */
  readonly betterOf: number;
  readonly worseOf: number;
}

/**
 * p-values after Holm's correction. Only primaries improve a run; primaries and all that users feel can make it worse. Each of
 * the two is a family, and what only stands beside them shares no level with them.
 * @param spent share of the level that this look may use, 0–1 (looks.ts)
 */
export function adjust<E>(comparisons: readonly Comparison<E>[], spent: number): Map<Compared<E>, Adjusted> {
  const compared = comparisons.filter((each) => each.kind === "compared");
  const decides = (side: "better" | "worse", { spec }: Compared<E>) => spec.primary || (side === "worse" && spec.felt);
  const adjustSide = (side: "better" | "worse") => {
    const adjusted = new Map<Compared<E>, { p: number; of: number }>();
    for (const deciding of [true, false]) {
      const family = compared.filter((each) => decides(side, each) === deciding);
      const ps = holm(family.map((each) => (side === "better" ? each.betterP : each.worseP)));
      for (const [index, each] of family.entries()) {
        // What decides nothing stops no run: it is looked at once, at the end.
        const share = deciding ? spent : 1;
        adjusted.set(each, { p: Math.min(1, (SIDES * (ps[index] ?? 1)) / share), of: family.length });
      }
    }
    return adjusted;
  };
  const [better, worse] = [adjustSide("better"), adjustSide("worse")];
  return new Map(
    compared.map((each) => {
      const [up, down] = [better.get(each), worse.get(each)];
      return [each, { better: up?.p ?? 1, worse: down?.p ?? 1, betterOf: up?.of ?? 1, worseOf: down?.of ?? 1 }];
    }),
  );
}

/** The one-sided level at which the smallest p of a family of this size decides. */
export function onesidedLevel(familySize: number, spent: number): number {
  return (ALPHA * spent) / SIDES / familySize;
}
