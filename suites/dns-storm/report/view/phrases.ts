import { formatCount, formatQuantity } from "../../../../reports/view/format.ts";
import { endWord, RESOLVER_WORDS, wholePercent } from "../labels.ts";
import type { ChainView, Price, RawView } from "./dns.ts";

/** "a look-up of kubernetes.default.svc with glibc takes 8 queries instead of 6" */
export function priceInWords({ what, cell, before }: Price): string {
  const lookup = `a look-up of ${cell.name} with ${RESOLVER_WORDS[cell.resolver]}`;
  return what === "no-longer-found"
    ? `${lookup} does not find it any more (${endWord(cell.end)})`
    : `${lookup} takes ${formatQuantity(cell.counted, "")} queries instead of ${formatQuantity(before.counted, "")}`;
}

/** "p50 41 ms, 62 % of it DNS; p99 310 ms, 88 % of it DNS" */
export function chainInWords({ p50Ms, p99Ms, dnsShareP50, dnsShareP99 }: ChainView): string {
  const ofIt = (share: number) => `${wholePercent(share)} of it DNS`;
  return `p50 ${formatQuantity(p50Ms, "ms")}, ${ofIt(dnsShareP50)}; p99 ${formatQuantity(p99Ms, "ms")}, ${ofIt(dnsShareP99)}`;
}

/** "12,400 answers/s at most, which serve 2,150 look-ups/s; 41 ms of CPU for 1,000 answers; none lost" */
export function rawInWords({ answersPerSecond, lookupsPerSecond, cpuMsPer1000, sent, lost }: RawView): string {
  const parts = [
    `${formatCount(answersPerSecond)} answers/s at most, which serve ${formatCount(lookupsPerSecond)} look-ups/s`,
    `${formatQuantity(cpuMsPer1000, "ms")} of CPU for 1,000 answers`,
    lost === 0 ? "none lost" : `${formatCount(lost)} of ${formatCount(sent)} queries lost`,
  ];
  return parts.join("; ");
}
