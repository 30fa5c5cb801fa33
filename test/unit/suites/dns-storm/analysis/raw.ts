/** dnsperf's run in the made-up cluster of block.ts: all queries of the list are answered as the model says. */

import { namesToAsk } from "../../../../../suites/dns-storm/analysis/names.ts";
import type { QueryRate } from "../../../../../suites/dns-storm/analysis/query-rate.ts";
import { type RawMix, rawMix, rawRateOf } from "../../../../../suites/dns-storm/analysis/raw-rate.ts";
import { serverModel } from "../../../../../suites/dns-storm/analysis/server-model.ts";
import type { RawRate } from "../../../../../suites/dns-storm/evidence.ts";
import { FACTS, resolvConf, server } from "./block.ts";

export const OUTSTANDING = 100;
const SECONDS = 3;
const STORMS_PER_SECOND = 400;

export function mixOf(options: string): RawMix {
  const names = namesToAsk("packetwalk", false).map(({ name }) => name);
  return rawMix(resolvConf(options), ["glibc-{n}.any.test", ...names], serverModel(FACTS));
}

/** @param changes to what dnsperf says */
export function rateOf(mix: RawMix, perSecond: number, changes: Partial<QueryRate> = {}): QueryRate {
  const completed = perSecond * SECONDS;
  const denied = Math.round(completed * mix.nxdomainShare);
  return {
    sent: completed,
    completed,
    lost: 0,
    responses: { NOERROR: completed - denied, NXDOMAIN: denied },
    seconds: SECONDS,
    perSecond,
    latencyMs: { mean: (1_000 * OUTSTANDING) / perSecond, min: 0.1, max: 30 },
    ...changes,
  };
}

export function raw(
  options: string,
  changes: { readonly perSecond?: number; readonly cpuSeconds?: number; readonly idleCpuSeconds?: number } = {},
): RawRate {
  const { perSecond = 12_000, cpuSeconds = 1.5, idleCpuSeconds = 0.12 } = changes;
  const mix = mixOf(options);
  const asked = (rate: QueryRate, used: number) => ({
    rate,
    servers: [server({ queries: { A: rate.sent / 2, AAAA: rate.sent / 2 }, cpuSeconds: used, throttledSeconds: null })],
  });
  return rawRateOf(
    mix,
    OUTSTANDING,
    asked(rateOf(mix, perSecond), cpuSeconds),
    asked(rateOf(mix, STORMS_PER_SECOND), idleCpuSeconds),
  );
}
