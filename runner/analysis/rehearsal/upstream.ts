/** How long the resolver behind the cluster's DNS takes, from look-ups that each had to wait for it. */
import type { RehearsedStage, Slo } from "../../result/rehearsal.ts";
import type { Capacity } from "./capacity.ts";
import { verdictOf } from "./stage-verdict.ts";

/** A and AAAA of the one name that is forwarded. */
const FORWARDED_QUERIES = 2;

/**
 * The median of the lowest stage that was held, where nothing waited for a place: only there is the look-ups' time the upstream's.
 * Where the load also makes requests, or some names are answered by a cache, latencies don't tell.
 */
export function withUpstreamDelay(
  capacity: Capacity,
  stages: readonly RehearsedStage[],
  slos: readonly Slo[],
): Capacity {
  const { dns } = capacity;
  if (!dns?.forwards || dns.lookupsPerRequest < 1) return capacity;
  const forwardedPerLookup = dns.queriesPerLookup * dns.forwards.missShare;
  const [lowest] = stages
    .filter((stage) => stage.latencyMs !== null && verdictOf(stage, slos) === "held")
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond);
  // Sums of shares may fall short by their last bit.
  if (!lowest?.latencyMs || forwardedPerLookup < FORWARDED_QUERIES - 1e-6) return capacity;
  return {
    ...capacity,
    dns: { ...dns, forwards: { ...dns.forwards, upstreamDelayS: lowest.latencyMs.p50 / 1000 } },
  };
}
