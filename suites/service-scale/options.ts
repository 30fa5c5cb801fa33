import { UsageError } from "../../runner/errors.ts";
import type { SuiteOptions } from "../../runner/experiment/suite.ts";
import type { Ladder } from "./ladder.ts";
import { VARIANTS, type Variant } from "./result/variants.ts";

/** More would not fit into a usual Service range of 65 536 addresses beside the cluster's own. */
export const MOST_SERVICES = 50_000;

/** A type, not an interface: only that is a record of options for whoever knows no suite. */
export type ScaleOptions = {
  readonly sizes: Ladder;
  readonly services: Variant;
};

export const OPTIONS: SuiteOptions<ScaleOptions> = {
  sizes: {
    flags: "--sizes <numbers>",
    description:
      "how many Services there are, with commas between them; the largest is judged (default: 1 to 10000, --quick: 1 to 2000)",
    parse: ladder,
  },
  services: {
    flags: "--services <what>",
    description: `what the Services are like: ${VARIANTS.join(", ")} (dead: all but one have no endpoint; default: plain)`,
    names: VARIANTS,
    parse: variant,
  },
};

function ladder(text: string): Ladder {
  const sizes = text.split(",").map((word) => size(word.trim()));
  const [first, ...others] = [...new Set(sizes)].sort((a, b) => a - b);
  if (first === undefined) throw new UsageError("--sizes: give numbers with commas between them");
  return [first, ...others];
}

function size(word: string): number {
  const value = Number(word);
  if (word === "" || !Number.isInteger(value) || value < 1 || value > MOST_SERVICES)
    throw new UsageError(
      `--sizes: "${word}" is not a number of Services; give whole numbers from 1 to ${MOST_SERVICES}`,
    );
  return value;
}

function variant(text: string): Variant {
  const known = VARIANTS.find((each) => each === text);
  if (known) return known;
  throw new UsageError(`--services: service-scale has no "${text}"; choose one of ${VARIANTS.join(", ")}`);
}
