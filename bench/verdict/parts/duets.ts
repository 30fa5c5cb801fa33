/** Both arms at the same time: the same blocks judged as a duet, and as if they had taken turns. */
import { duetRates } from "../measure.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { sideBySide, type Weather } from "../weather.ts";

const DUETS: readonly [string, Weather][] = [
  ["no difference, 12 % shared, 3 % own", sideBySide(1, 0.12, 0.03)],
  ["no difference, 3 % shared, 12 % own", sideBySide(1, 0.03, 0.12)],
  ["no difference, no noise shared, 6 %", sideBySide(1, 0, 0.06)],
  ["p99 +10 %, 12 % shared, 3 % own", sideBySide(1.1, 0.12, 0.03)],
  ["p99 +25 %, 30 % shared, 6 % own", sideBySide(1.25, 0.3, 0.06)],
  ["p99 +10 %, no noise shared, 3 %", sideBySide(1.1, 0, 0.03)],
];

export const duets: Part = (print, runs) => {
  const row = rowsOf(print);
  print("Both arms side by side, 6 rounds: the same blocks judged as a duet, and as if they had taken turns\n");
  row("", ["different", "(in turn)", "equivalent", "(in turn)"]);
  const rates = DUETS.map(([name, weather]) => {
    const { called, equivalent } = duetRates(weather, 6, runs);
    row(name, [called.duet, called.inTurn, equivalent.duet, equivalent.inTurn].map(percent));
    return [name, { called, equivalent }] as const;
  });
  return { duets: Object.fromEntries(rates) };
};
