/** A storm's time, parted where the servers were read: what each counted in between. */

import { sum } from "../../../runner/analysis/samples.ts";
import { slicesBetween } from "../../../runner/analysis/slices.ts";
import type { LoadSlice } from "../../../runner/result/block.ts";
import type { DnsServer, DnsStretch } from "../evidence.ts";

/** Counters' growth between two readings, in ms since the load's start. */
export interface CountedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly servers: readonly DnsServer[];
  /** Queries that the upstream left without an answer. */
  readonly lost: number;
  /** Of look-ups that were due in it and ended well: HDR histogram in µs, base64. */
  readonly okLatency: string;
}

/** @param series the storm's time axis */
export function stretchesOf(counted: readonly CountedStretch[], series: readonly LoadSlice[]): DnsStretch[] {
  return counted.map(({ fromMs, toMs, servers, lost, okLatency }) => {
    const slices = slicesBetween(series, fromMs, toMs);
    return {
      fromMs,
      toMs,
      refused: sum(servers.map(refusedToClients)),
      lost,
      throttledShare: mostThrottled(servers),
      lookups: sum(slices.map(({ scheduled }) => scheduled)),
      failures: sum(slices.map(({ failed }) => failed)),
      okLatency,
    };
  });
}

/** What was rejected while nobody waited, an answer being refreshed, is no client's REFUSED. */
function refusedToClients({ maxConcurrentRejects, responses }: DnsServer): number {
  return Math.min(maxConcurrentRejects, responses.REFUSED ?? 0);
}

function mostThrottled(servers: readonly DnsServer[]): number | null {
  const shares = servers.flatMap(({ throttledSeconds, seconds }) =>
    throttledSeconds === null || seconds <= 0 ? [] : [Math.min(1, throttledSeconds / seconds)],
  );
  return shares.length === 0 ? null : Math.max(...shares);
}
