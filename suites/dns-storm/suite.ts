import type { Suite, SuiteSize } from "../../runner/experiment/suite.ts";
import type { LoadEngine } from "../../runner/load/engines/engine.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { DNS_METRICS } from "./analysis/metrics.ts";
import { DNS_ARMS } from "./arms.ts";
import { lookups } from "./stage/load/lookups.ts";
import type { OfferedFaults, Storm } from "./stage/storm.ts";

const RESOLVERS = ["glibc", "musl", "node"] as const;
/** Look-ups over all resolvers and names. */
const PER_SECOND = 90;
const QUICK_MS = 12_000;
const FULL_MS = 60_000;
const UPSTREAM_DELAY_MS = 50;
const MOST_LAG_MS = 50;

/** Each resolver has its own worker; the trial makes them. */
const engine: LoadEngine = { ...lookups("glibc", [{ kind: "external", name: "api.shop.test" }]), name: "lookups" };

const QUICK: Storm = {
  resolvers: RESOLVERS,
  counted: RESOLVERS,
  countedLookups: 20,
  chain: { depth: 20, perSecond: 2, timeoutMs: 15_000 },
  raw: { seconds: 3, outstanding: 100 },
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
/** For `--faults`, in force for the whole load; all but the last are enough to be felt at this load. */
const OFFERED: OfferedFaults = {
  "slow-upstream": slow(UPSTREAM_DELAY_MS),
  "lossy-upstream": { kind: "lossy-upstream", loss: 0.1 },
  "cpu-limit": { kind: "cpu-limit", cpuLimit: "60m" },
  "max-concurrent": { kind: "max-concurrent", maxConcurrent: 2 },
  "kill-pod": { kind: "kill-pod", atMs: 4_000 },
};

function slow(delayMs: number): OfferedFaults["slow-upstream"] {
  return { kind: "slow-upstream", delayMs };
}

export const dnsStorm: Suite = {
  name: "dns-storm",
  question:
    "How many queries does each look-up cost, what do users wait for when names are slow or lost, and does the tuning change it?",
  arms: DNS_ARMS,
  metrics: DNS_METRICS,
  looksNamesUp: true,
  faults: Object.keys(OFFERED),
  // As suites/dns-storm/stage/dns/chain.ts, which is loaded late.
  longestChain: 100,
  trial: async (size) => (await import("./stage/trial.ts")).dnsTrial(size === "quick" ? QUICK : FULL, OFFERED),
  plan(size) {
    const scale = `quick: blocks of ${QUICK_MS / 1000} s instead of ${FULL_MS / 1000} s, without every fault in turn`;
    return { load: load(size), engine, rounds: 5, scale: size === "quick" ? scale : "" };
  },
};

function load(size: SuiteSize): OpenLoad {
  return {
    model: "open",
    placement: "one-node",
    schedule: constant(PER_SECOND, size === "quick" ? QUICK_MS : FULL_MS),
    // glibc's whole patience: two attempts of 5 s.
    timeoutMs: 11_000,
    // Node's one thread shares two cores with servers, proxies and the chain.
    mostLagMs: MOST_LAG_MS,
    workers: RESOLVERS.length,
  };
}
