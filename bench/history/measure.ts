import { changePoints, OF_NIGHTS, type Test } from "../../runner/analysis/history/change-points.ts";
import { type Nights, nights } from "./nights.ts";

export interface Found {
  readonly seeded: number;
  readonly found: number;
  readonly falseAlarms: number;
}

/** A shift is found where a change point is at most one night away from it; every other change point is a false alarm. */
export function foundIn({ values, shifts }: Nights, test: Test = OF_NIGHTS): Found {
  const points = changePoints(values, test).map(({ index }) => index);
  const near = (a: number, b: number) => Math.abs(a - b) <= 1;
  return {
    seeded: shifts.length,
    found: shifts.filter((shift) => points.some((point) => near(point, shift))).length,
    falseAlarms: points.filter((point) => !shifts.some((shift) => near(point, shift))).length,
  };
}

/** Over seeds 1, 2, 3, … */
export function foundOver(seeds: number, shifts: number, test: Test = OF_NIGHTS): Found {
  const all = Array.from({ length: seeds }, (_, i) => foundIn(nights(i + 1, 60, shifts), test));
  const total = (key: keyof Found) => all.reduce((sum, each) => sum + each[key], 0);
  return { seeded: total("seeded"), found: total("found"), falseAlarms: total("falseAlarms") };
}
