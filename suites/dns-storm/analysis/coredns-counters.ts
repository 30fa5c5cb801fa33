/** What CoreDNS counts, and what it counted between two readings. */

/** What a CoreDNS process has counted since its start, or between two readings. */
export interface CoreDnsCounters {
  /** Queries from clients, by type; what CoreDNS asks itself (its loop check) is left out. */
  readonly requests: Readonly<Record<string, number>>;
  /** Answers to them by response code, those to its own check included. */
  readonly responses: Readonly<Record<string, number>>;
  readonly cacheHits: Readonly<Record<string, number>>;
  readonly cacheRequests: number;
  /** Queries that it forwarded, by the upstream's response code. */
  readonly forwarded: Readonly<Record<string, number>>;
  /** Queries that were refused because too many were being forwarded. */
  readonly maxConcurrentRejects: number;
  readonly autopathAnswers: number;
  readonly cpuSeconds: number;
  /** Periods of the CPU limit in which it used up its quota, of those in which it ran; null: no limit, or not read. */
  readonly throttling: { readonly periods: number; readonly throttled: number; readonly throttledMs: number } | null;
}

export interface CoreDnsReading extends CoreDnsCounters {
  readonly pod: string;
  readonly startedAtUnixMs: number;
}

/** What happened between two readings of one pod. */
export interface CoreDnsGrowth extends CoreDnsCounters {
  readonly pod: string;
  /** The process was a new one by the second reading: what the old one had counted since the first is lost. */
  readonly restarted: boolean;
}

/** What each pod counted between two readings; a pod that only one of them has is left out. */
export function grown(before: readonly CoreDnsReading[], after: readonly CoreDnsReading[]): CoreDnsGrowth[] {
  return after.flatMap((now) => {
    const then = before.find(({ pod }) => pod === now.pod);
    if (!then) return [];
    const restarted = now.startedAtUnixMs !== then.startedAtUnixMs;
    const { startedAtUnixMs: _, ...growth } = restarted ? now : difference(then, now);
    return [{ ...growth, restarted }];
  });
}

function difference(then: CoreDnsReading, now: CoreDnsReading): CoreDnsReading {
  const { throttling: held } = now;
  return {
    ...now,
    requests: minus(now.requests, then.requests),
    responses: minus(now.responses, then.responses),
    cacheHits: minus(now.cacheHits, then.cacheHits),
    cacheRequests: now.cacheRequests - then.cacheRequests,
    forwarded: minus(now.forwarded, then.forwarded),
    maxConcurrentRejects: now.maxConcurrentRejects - then.maxConcurrentRejects,
    autopathAnswers: now.autopathAnswers - then.autopathAnswers,
    cpuSeconds: now.cpuSeconds - then.cpuSeconds,
    throttling: held && {
      periods: held.periods - (then.throttling?.periods ?? 0),
      throttled: held.throttled - (then.throttling?.throttled ?? 0),
      throttledMs: held.throttledMs - (then.throttling?.throttledMs ?? 0),
    },
  };
}

/** Only what grew. */
function minus(now: Readonly<Record<string, number>>, then: Readonly<Record<string, number>>): Record<string, number> {
  const growth = Object.entries(now).map(([key, value]) => [key, value - (then[key] ?? 0)] as const);
  return Object.fromEntries(growth.filter(([, value]) => value !== 0));
}
