/** Arms that do differ: what is found with how many rounds, and beside benchstat at the same rate of false positives. */
import type { Block } from "../../../runner/result/block.ts";
import { atEqualRate, failedOf, ourRates, p99Of } from "../measure.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { failing, slower, type Weather } from "../weather.ts";

interface Different {
  readonly name: string;
  readonly differing: Weather;
  /** The same noise without the difference. */
  readonly alike: Weather;
  /** The block's value in which the difference is. */
  of(block: Block): number;
}

function slowerBy(name: string, factor: number, sigma: number): Different {
  return { name, differing: slower(factor, sigma), alike: slower(1, sigma), of: p99Of };
}

function failingFrom(name: string, baseline: number, tuned: number): Different {
  return { name, differing: failing(baseline, tuned, 2), alike: failing(baseline, baseline, 2), of: failedOf };
}

const HIGHER = "p99 +10 %, 3 % noise";
const LOWER = "p99 −10 %, 3 % noise";
const DIFFERENT: readonly Different[] = [
  slowerBy(HIGHER, 1.1, 0.03),
  slowerBy(LOWER, 0.9, 0.03),
  slowerBy("p99 +10 %, 6 % noise", 1.1, 0.06),
  slowerBy("p99 +25 %, 12 % noise", 1.25, 0.12),
  failingFrom("failures 0.1 → 1 % in bursts (k = 2)", 6, 60),
  failingFrom("failures 1 → 0.1 % in bursts (k = 2)", 60, 6),
];
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

  print("\nThe same, 6 rounds, beside benchstat at the level at which it is as seldom wrong as packetwalk\n");
  row("", ["false positives", "packetwalk", "benchstat"]);
  const atEqualRates = Object.fromEntries(
    DIFFERENT.map(({ name, ...compared }) => {
      const rates = atEqualRate(compared, runs);
      row(name, [rates.falsePositives, rates.ours, rates.benchstat].map(percent));
      return [name, rates];
    }),
  );
  const powerAt10PercentP99 = Math.min(power[HIGHER]?.[6] ?? 0, power[LOWER]?.[6] ?? 0);
  return { powerAt10PercentP99, power, atEqualRates };
};
