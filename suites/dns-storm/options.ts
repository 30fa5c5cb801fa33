import { UsageError } from "../../runner/errors.ts";
import type { SuiteOptions } from "../../runner/experiment/suite.ts";
import type { DnsFaultKind } from "./result/faults.ts";

/** As programs/agent/chain, whose hops are told on the way how many there are. */
export const LONGEST_CHAIN = 100;

const KINDS: Readonly<Record<DnsFaultKind, true>> = {
  "slow-upstream": true,
  "lossy-upstream": true,
  "cpu-limit": true,
  "max-concurrent": true,
  "kill-pod": true,
};
export const FAULT_KINDS = Object.keys(KINDS) as readonly DnsFaultKind[];

/** What the user may choose. A type, not an interface: only that is a record of options for whoever knows no suite. */
export type StormOptions = {
  /** What is broken for the whole load, instead of what the suite breaks in turn. */
  readonly faults: readonly DnsFaultKind[];
  /** Services in a row. */
  readonly depth: number;
};

export const OPTIONS: SuiteOptions<StormOptions> = {
  faults: {
    flags: "--faults <names>",
    description: `what is broken on purpose, with commas between them: ${FAULT_KINDS.join(", ")} (default: some of them in turn)`,
    names: FAULT_KINDS,
    parse: (text) => text.split(",").map((name) => faultKind(name.trim())),
  },
  depth: {
    flags: "--depth <n>",
    description: `services in a row that look each other up (default: 20, at most ${LONGEST_CHAIN})`,
    parse: chainDepth,
  },
};

function faultKind(name: string): DnsFaultKind {
  if (name === "") throw new UsageError("--faults: give names with commas between them");
  const known = FAULT_KINDS.find((kind) => kind === name);
  if (known) return known;
  throw new UsageError(`--faults: dns-storm has no fault "${name}"; choose from ${FAULT_KINDS.join(", ")}`);
}

function chainDepth(text: string): number {
  const depth = Number(text);
  if (!Number.isInteger(depth) || depth < 1) {
    throw new UsageError(`--depth: "${text}" is not a whole number of services; give one from 1 up`);
  }
  if (depth > LONGEST_CHAIN) throw new UsageError(`--depth: dns-storm has at most ${LONGEST_CHAIN} services in a row`);
  return depth;
}
