import type { TracedRequest } from "./input.ts";
import type { ProxyRecord, UpstreamTry } from "./proxy-record.ts";

/** One try of a proxy to have a request answered, on the runner's clock. */
export interface Try {
  readonly beganUnixMs: number;
  readonly endedUnixMs: number;
  readonly upstream: UpstreamTry;
}

/**
 * When each try of a request began and ended: back from the record's end by what the log says they took. A try without a
 * duration is one that the client did not wait for: it began when the ones before it had ended.
 */
export function triesOf(record: ProxyRecord, request: TracedRequest, startUnixMs: number): Try[] {
  const durations = record.upstreams.map(({ responseMs }) => responseMs);
  if (durations.includes(null)) {
    let at = startUnixMs + (request.con ?? request.go);
    return record.upstreams.map((upstream) => {
      const beganUnixMs = Math.min(at, record.endedAtUnixMs);
      at = upstream.responseMs === null ? record.endedAtUnixMs : beganUnixMs + upstream.responseMs;
      return { upstream, beganUnixMs, endedUnixMs: at };
    });
  }
  let at = record.endedAtUnixMs - durations.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return record.upstreams.map((upstream) => {
    const beganUnixMs = at;
    at += upstream.responseMs ?? 0;
    return { upstream, beganUnixMs, endedUnixMs: at };
  });
}

/** Nobody answered it: a pod that did was there. */
export function isVain({ status, error }: UpstreamTry): boolean {
  return status === null || error !== null;
}
