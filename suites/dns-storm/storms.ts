/** The suite's storms: what a block of each size looks up, how often, and what is broken in it. */
import type { SuiteSize } from "../../runner/experiment/plan.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import type { OfferedFaults, Storm } from "./stage/storm.ts";

const RESOLVERS = ["glibc", "musl", "node"] as const;
/** Look-ups over all resolvers and names. */
const PER_SECOND = 90;
const UPSTREAM_DELAY_MS = 50;
const MOST_LAG_MS = 50;

/** Length of a block's load. */
export const LOAD_MS: Readonly<Record<SuiteSize, number>> = { quick: 12_000, full: 60_000 };

const QUICK: Storm = {
  resolvers: RESOLVERS,
  counted: RESOLVERS,
  countedLookups: 20,
  chain: { depth: 20, perSecond: 2, timeoutMs: 15_000 },
  raw: { seconds: 2, outstanding: 100 },
  faults: [slow(UPSTREAM_DELAY_MS)],
  turns: [],
};
/** An upstream that gets slower, then loses answers; and so few forwarded at once that the slowest time is too much. */
const FULL: Storm = {
  ...QUICK,
  counted: [...RESOLVERS, "node-c-ares"],
  raw: { ...QUICK.raw, seconds: 10 },
  faults: [slow(10), { kind: "max-concurrent", maxConcurrent: 8 }, { kind: "kill-pod", atMs: 50_000 }],
  turns: [
    { atMs: 10_000, fault: slow(UPSTREAM_DELAY_MS) },
    { atMs: 20_000, fault: slow(200) },
    { atMs: 30_000, fault: { kind: "lossy-upstream", loss: 0.1 } },
    { atMs: 40_000, fault: slow(UPSTREAM_DELAY_MS) },
  ],
};
export const STORMS: Readonly<Record<SuiteSize, Storm>> = { quick: QUICK, full: FULL };

/** For `--faults`, in force for the whole load; all but the last are enough to be felt at this load. */
export const OFFERED: OfferedFaults = {
  "slow-upstream": slow(UPSTREAM_DELAY_MS),
  "lossy-upstream": { kind: "lossy-upstream", loss: 0.1 },
  "cpu-limit": { kind: "cpu-limit", cpuLimit: "60m" },
  "max-concurrent": { kind: "max-concurrent", maxConcurrent: 2 },
  "kill-pod": { kind: "kill-pod", atMs: 4_000 },
};

function slow(delayMs: number): OfferedFaults["slow-upstream"] {
  return { kind: "slow-upstream", delayMs };
}

export function loadOf(size: SuiteSize): OpenLoad {
  return {
    model: "open",
    placement: "one-node",
    schedule: constant(PER_SECOND, LOAD_MS[size]),
    // glibc's whole patience: two attempts of 5 s.
    timeoutMs: 11_000,
    // Node's one thread shares two cores with servers, proxies and the chain.
    mostLagMs: MOST_LAG_MS,
    workers: RESOLVERS.length,
  };
}
