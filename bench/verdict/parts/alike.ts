/** Arms that do not differ: how often they are called different, by whom. */
import { ratesOf } from "../measure.ts";
import { recorded } from "../recorded.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { ALIKE, type Weather } from "../weather.ts";
import { PLANNED } from "./planned.ts";

export const alike: Part = (print, runs) => {
  const row = rowsOf(print);
  print(`Arms that do not differ, ${runs} runs each of at most ${PLANNED} planned rounds: share called different\n`);
  row("", ["packetwalk", "two runs, 10 %", "raw requests", "benchstat", "equivalent", "rounds"]);
  const weathers: Readonly<Record<string, Weather>> = { ...ALIKE, "recorded blocks of a real A/A run": recorded() };
  const falsePositives: Record<string, number> = {};
  const equivalent: Record<string, number> = {};
  for (const [name, weather] of Object.entries(weathers)) {
    const rates = ratesOf(weather, PLANNED, runs);
    falsePositives[name] = rates.ours;
    equivalent[name] = rates.equivalent;
    row(name, [...[rates.ours, ...Object.values(rates.peers), rates.equivalent].map(percent), rates.rounds.toFixed(1)]);
  }
  const shares = Object.values(falsePositives);
  const falsePositiveRate = shares.reduce((total, share) => total + share, 0) / shares.length;
  const [worstScenarioName = "", worstScenario = 0] =
    Object.entries(falsePositives).sort(([, a], [, b]) => b - a)[0] ?? [];
  row("mean", [percent(falsePositiveRate)]);
  return { falsePositiveRate, worstScenario, worstScenarioName, falsePositives, equivalent };
};
