/**
 * npm run bench:verdict: how often the judge is wrong, and how much it sees, on made-up runs; beside it, how others would
 * call the same blocks. Nothing of the judge makes the blocks. `-- --json` prints one document, `-- --runs N` takes more runs.
 */
import { parseArgs } from "node:util";
import type { Block } from "../../runner/result/block.ts";
import {
  atEqualRate,
  coverage,
  duetRates,
  failedOf,
  ourRates,
  p99Of,
  ratesOf,
  roundsNeededRight,
  smallestVisibleFound,
} from "./measure.ts";
import { recorded } from "./recorded.ts";
import { ALIKE, failing, resetIn, sideBySide, slower, type Weather } from "./weather.ts";

const { values: flags } = parseArgs({
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "400" } },
});
const RUNS = Number(flags.runs);
/** As the quick suites plan them. */
const PLANNED = 10;
const print = (line: string) => {
  if (!flags.json) process.stdout.write(`${line}\n`);
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);
const CELL = 15;
const row = (name: string, cells: readonly string[]) =>
  print(`${name.padEnd(46)}${cells.map((cell) => cell.padStart(CELL)).join("")}`);

interface Different {
  readonly name: string;
  readonly differing: Weather;
  /** The same noise without the difference. */
  readonly alike: Weather;
  /** The block's value in which the difference is. */
  of(block: Block): number;
}
const slowerBy = (name: string, factor: number, sigma: number): Different => ({
  ...{ name, differing: slower(factor, sigma), alike: slower(1, sigma), of: p99Of },
});
const failingFrom = (name: string, baseline: number, tuned: number): Different => ({
  ...{ name, differing: failing(baseline, tuned, 2), alike: failing(baseline, baseline, 2), of: failedOf },
});
const DIFFERENT: readonly Different[] = [
  slowerBy("p99 +10 %, 3 % noise", 1.1, 0.03),
  slowerBy("p99 −10 %, 3 % noise", 0.9, 0.03),
  slowerBy("p99 +10 %, 6 % noise", 1.1, 0.06),
  slowerBy("p99 +25 %, 12 % noise", 1.25, 0.12),
  failingFrom("failures 0.1 → 1 % in bursts (k = 2)", 6, 60),
  failingFrom("failures 1 → 0.1 % in bursts (k = 2)", 60, 6),
];
const ROUNDS = [5, 6, 7, 8, 9, 10, 11, 12] as const;

const alike: Readonly<Record<string, Weather>> = { ...ALIKE, "recorded blocks of a real A/A run": recorded() };
print(`Arms that do not differ, ${RUNS} runs each of at most ${PLANNED} planned rounds: share called different\n`);
row("", ["packetwalk", "two runs, 10 %", "raw requests", "benchstat", "equivalent", "rounds"]);
const falsePositives: Record<string, number> = {};
for (const [name, weather] of Object.entries(alike)) {
  const rates = ratesOf(weather, PLANNED, RUNS);
  falsePositives[name] = rates.ours;
  row(name, [...[rates.ours, ...Object.values(rates.peers), rates.equivalent].map(percent), rates.rounds.toFixed(1)]);
}
const shares = Object.values(falsePositives);
const falsePositiveRate = shares.reduce((total, share) => total + share, 0) / shares.length;
const [worstScenarioName = "", worst = 0] = Object.entries(falsePositives).sort(([, a], [, b]) => b - a)[0] ?? [];
row("mean", [percent(falsePositiveRate)]);

print("\nArms that do differ: share found, by planned rounds\n");
row("", [...ROUNDS.map((rounds) => `${rounds} rounds`), "most it falls"]);
const power: Record<string, Record<number, number>> = {};
for (const { name, differing } of DIFFERENT) {
  const found = ROUNDS.map((planned) => ({ planned, ...ourRates(differing, planned, RUNS) }));
  power[name] = Object.fromEntries(found.map(({ planned, ours }) => [planned, ours]));
  const falls = found.map(({ ours }, index) => Math.max(0, ...found.slice(0, index).map((few) => few.ours)) - ours);
  row(name, [...found.map(({ ours }) => percent(ours)), percent(Math.max(0, ...falls))]);
}

print("\nThe same, 6 rounds, beside benchstat at the level at which it is as seldom wrong as packetwalk\n");
row("", ["false positives", "packetwalk", "benchstat"]);
const atEqualRates = Object.fromEntries(
  DIFFERENT.map(({ name, ...compared }) => {
    const rates = atEqualRate(compared, RUNS);
    row(name, [rates.falsePositives, rates.ours, rates.benchstat].map(percent));
    return [name, rates];
  }),
);

print("\nBoth arms side by side, 6 rounds: the same blocks judged as a duet, and as if they had taken turns\n");
row("", ["different", "(in turn)", "equivalent", "(in turn)"]);
const DUETS: readonly [string, Weather][] = [
  ["no difference, 12 % shared, 3 % own", sideBySide(1, 0.12, 0.03)],
  ["no difference, 3 % shared, 12 % own", sideBySide(1, 0.03, 0.12)],
  ["no difference, no noise shared, 6 %", sideBySide(1, 0, 0.06)],
  ["p99 +10 %, 12 % shared, 3 % own", sideBySide(1.1, 0.12, 0.03)],
  ["p99 +25 %, 30 % shared, 6 % own", sideBySide(1.25, 0.3, 0.06)],
  ["p99 +10 %, no noise shared, 3 %", sideBySide(1.1, 0, 0.03)],
];
const duets = Object.fromEntries(
  DUETS.map(([name, weather]) => {
    const rates = duetRates(weather, 6, RUNS);
    const { called, equivalent } = rates;
    row(name, [called.duet, called.inTurn, equivalent.duet, equivalent.inTurn].map(percent));
    return [name, rates];
  }),
);

print("\nWhat it says of itself\n");
const covered = Object.fromEntries(ROUNDS.map((rounds) => [rounds, coverage(0.05, rounds, 4 * RUNS)]));
row(
  "95 % intervals that hold the real difference",
  Object.entries(covered).map(([rounds, share]) => `${rounds}: ${percent(share).trim()}`),
);
const needed = [
  ["no difference, 6 % noise", 1, 0.06],
  ["+10 %, 8 % noise", 1.1, 0.08],
  ["+25 %, 15 % noise", 1.25, 0.15],
] as const;
const roundsNeeded = needed.map(([name, factor, sigma]) => ({ name, ...roundsNeededRight(factor, sigma, 6, RUNS) }));
for (const { name, share, asked } of roundsNeeded)
  row(`rounds needed were enough: ${name}`, [percent(share), `of ${asked} runs`]);
const visible = smallestVisibleFound(0.06, 6, RUNS);
row("the smallest visible effect is found (6 % noise)", [percent(visible)]);
const wronglyEqual = ourRates(slower(1.1, 0.03), PLANNED, RUNS).equivalent;
row("called equal though 10 % differ, the floor", [percent(wronglyEqual)]);
const ONE_SIDED: readonly [string, Weather][] = [
  ["20 resets of 6,000 in every tuned block", resetIn("tuned", 20)],
  ["20 resets of 6,000 in every baseline block", resetIn("baseline", 20)],
  ["29 in one of four tuned blocks", resetIn("tuned", 29, 4)],
  ["1 in every tuned block", resetIn("tuned", 1)],
];
const oneSidedEqual = Object.fromEntries(
  ONE_SIDED.map(([name, weather]) => {
    const { equivalent } = ourRates(weather, PLANNED, RUNS);
    row(`called equal: ${name}`, [percent(equivalent)]);
    return [name, equivalent];
  }),
);

if (flags.json) {
  const powerAt10PercentP99 = Math.min(
    power["p99 +10 %, 3 % noise"]?.[6] ?? 0,
    power["p99 −10 %, 3 % noise"]?.[6] ?? 0,
  );
  process.stdout.write(
    `${JSON.stringify({ falsePositiveRate, worstScenario: worst, worstScenarioName, powerAt10PercentP99, runs: RUNS, falsePositives, power, atEqualRates, oneSidedEqual, duets, coverage: covered, roundsNeeded, smallestVisibleFound: visible, wronglyEquivalent: wronglyEqual }, null, 2)}\n`,
  );
}
