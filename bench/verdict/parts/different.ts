/** Arms that do differ: what is found with how many rounds. */
import { ourRates } from "../measure.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { DIFFERENT, HIGHER, LOWER } from "./differences.ts";

const ROUNDS = [5, 6, 7, 8, 9, 10, 11, 12] as const;

export const different: Part = (print, runs) => {
  const row = rowsOf(print);
  print("Arms that do differ: share found, by planned rounds\n");
  row("", [...ROUNDS.map((rounds) => `${rounds} rounds`), "most it falls"]);
  const power: Record<string, Record<number, number>> = {};
  for (const { name, differing } of DIFFERENT) {
    const found = ROUNDS.map((planned) => ({ planned, ...ourRates(differing, planned, runs) }));
    power[name] = Object.fromEntries(found.map(({ planned, ours }) => [planned, ours]));
    const falls = found.map(({ ours }, index) => Math.max(0, ...found.slice(0, index).map((few) => few.ours)) - ours);
    row(name, [...found.map(({ ours }) => percent(ours)), percent(Math.max(0, ...falls))]);
  }
  const powerAt10PercentP99 = Math.min(power[HIGHER]?.[6] ?? 0, power[LOWER]?.[6] ?? 0);
  return { powerAt10PercentP99, power };
};
