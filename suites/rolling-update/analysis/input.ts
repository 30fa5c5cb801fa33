import type { TimelineLine } from "../../../programs/node-worker/undici/timeline.ts";
import type { Observed } from "../../../runner/faults/types.ts";
import type { EndpointSync, Path } from "../stage/paths/path.ts";
import type { ProxyRecord } from "../stage/paths/proxy-record.ts";

/** A request as its worker traced it. */
export interface TracedRequest extends TimelineLine {
  readonly worker: number;
}

/** A path and what its proxies logged of the block. */
export interface PathLog extends Pick<Path, "name" | "proxy" | "leadsBy" | "keepsConnections" | "nodes" | "retries"> {
  readonly records: readonly ProxyRecord[];
  /** What could not be read of it. */
  readonly unseen: readonly string[];
  /** Sets of endpoints that the proxy took, in order of time; null where it does not say. */
  readonly syncs: readonly EndpointSync[] | null;
}

/** All that a block of a rolling update left behind. */
export interface RolloutInput {
  readonly startUnixMs: number;
  /** Requests of the load, over all paths; they came to the paths in turn. */
  readonly scheduled: number;
  /** Every failed request, and the good ones or some of them. */
  readonly requests: readonly TracedRequest[];
  readonly paths: readonly PathLog[];
  readonly observed: Observed;
}

/** By its id a request's timeline and its proxy's record are found together; the load workers make it (turns.ts). */
export function requestIdOf({ to, worker, n }: TracedRequest): string {
  return `${to}-${worker}-${n}`;
}

/** "10.1.2.3:80" → "10.1.2.3", "[fd00::1]:80" → "fd00::1". */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}
