/** Units as OpenMetrics has them: base units, in the name of what is measured. */

export interface BaseUnit {
  /** Undefined: a plain number. */
  readonly unit: string | undefined;
  /** By which a value is multiplied. */
  readonly factor: number;
}

const KNOWN: Readonly<Record<string, BaseUnit>> = {
  ms: { unit: "seconds", factor: 1 / 1000 },
  s: { unit: "seconds", factor: 1 },
  "%": { unit: "ratio", factor: 1 / 100 },
  pp: { unit: "ratio", factor: 1 / 100 },
  "1/s": { unit: "per_second", factor: 1 },
  "/s": { unit: "per_second", factor: 1 },
  "": { unit: undefined, factor: 1 },
  "1": { unit: undefined, factor: 1 },
  count: { unit: undefined, factor: 1 },
};

/** A word that is not known stands for itself: "look-ups/s" becomes look_ups_per_second. */
export function baseUnit(unit: string): BaseUnit {
  const known = KNOWN[unit];
  if (known) return known;
  const word = unit
    .replace(/\/s$/, " per second")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return { unit: word === "" ? undefined : word, factor: 1 };
}

/** 8.4 ms are 0.0084 s, and not 0.008400000000000001. */
export function rounded(value: number): number {
  return Number(value.toPrecision(15));
}
