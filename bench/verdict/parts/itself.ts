/** What a verdict says of itself: intervals, rounds needed, what it could have seen, and equality. */
import { coverage, ourRates, roundsNeededRight, smallestVisibleFound } from "../measure.ts";
import { type Part, percent, rowsOf } from "../table.ts";
import { resetIn, slower, type Weather } from "../weather.ts";
import { PLANNED } from "./planned.ts";

const ROUNDS = [5, 6, 7, 8, 9, 10, 11, 12] as const;
/** An interval is computed in no time, and what could be seen is two runs: so many times as many runs. */
const COVERED_TIMES = 10;
const SEEN_TIMES = 10;

/** Noise of a block's p99, and rounds. */
const VISIBLE = [
  [0.06, 6],
  [0.12, 8],
  [0.06, 10],
] as const;

const NEEDED = [
  ["no difference, 6 % noise", 1, 0.06],
  ["+10 %, 8 % noise", 1.1, 0.08],
  ["+25 %, 15 % noise", 1.25, 0.15],
] as const;

const ONE_SIDED: readonly [string, Weather][] = [
  ["20 resets in every tuned block", resetIn("tuned", 20)],
  ["20 resets in every baseline block", resetIn("baseline", 20)],
  ["29 resets in one of four tuned blocks", resetIn("tuned", 29, 4)],
  ["1 reset in every tuned block", resetIn("tuned", 1)],
];

export const itself: Part = (print, runs) => {
  const row = rowsOf(print);
  print("What it says of itself\n");
  const covered = Object.fromEntries(ROUNDS.map((rounds) => [rounds, coverage(0.05, rounds, COVERED_TIMES * runs)]));
  row(
    "95 % intervals that hold the real difference",
    Object.entries(covered).map(([rounds, share]) => `${rounds}: ${percent(share).trim()}`),
  );
  const roundsNeeded = NEEDED.map(([name, factor, sigma]) => ({ name, ...roundsNeededRight(factor, sigma, 6, runs) }));
  for (const { name, share, asked } of roundsNeeded)
    row(`rounds needed do: ${name}`, [percent(share), `of ${asked} runs`]);
  const smallestFound = VISIBLE.map(([sigma, rounds]) => ({
    ...{ sigma, rounds },
    share: smallestVisibleFound(sigma, rounds, SEEN_TIMES * runs),
  }));
  for (const { sigma, rounds, share } of smallestFound)
    row(`what it can see is found: ${100 * sigma} % noise, ${rounds} rounds`, [percent(share)]);
  const wronglyEquivalent = ourRates(slower(1.1, 0.03), PLANNED, runs).equivalent;
  row("equal though p99 differs by 10 %, the floor", [percent(wronglyEquivalent)]);
  const oneSidedEquivalent = Object.fromEntries(
    ONE_SIDED.map(([name, weather]) => {
      const { equivalent } = ourRates(weather, PLANNED, runs);
      row(`equal though ${name}`, [percent(equivalent)]);
      return [name, equivalent];
    }),
  );
  return {
    coverage: covered,
    roundsNeeded,
    smallestVisibleFound: smallestFound,
    wronglyEquivalent,
    oneSidedEquivalent,
  };
};
