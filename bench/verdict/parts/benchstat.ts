/** What benchstat finds of the same blocks where it is as seldom wrong as packetwalk. */
import { atEqualRate } from "../measure.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { DIFFERENT } from "./differences.ts";

export const benchstat: Part = (print, runs) => {
  const row = rowsOf(print);
  print(
    "Six rounds, beside benchstat at the level at which it is as seldom wrong as packetwalk, or at its strictest\n",
  );
  row(
    "",
    ["found: packetwalk", "benchstat", "wrong: packetwalk", "benchstat"].map((heading) => `  ${heading}`),
  );
  const rates = DIFFERENT.map(({ name, ...compared }) => {
    const { found, wrong } = atEqualRate(compared, runs);
    row(name, [found.ours, found.benchstat, wrong.ours, wrong.benchstat].map(percent));
    return [name, { found, wrong }] as const;
  });
  return { atEqualRates: Object.fromEntries(rates) };
};
