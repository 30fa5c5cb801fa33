import type { TimelineLine } from "../../../programs/node-worker/undici/timeline.ts";
import type { Unseen } from "../result/reasons.ts";
import type { Observed } from "./observed.ts";
import type { ProxyRecord } from "./proxy-record.ts";

/** A request as its worker traced it. */
export interface TracedRequest extends TimelineLine {
  readonly worker: number;
}

/** A way to the workload through a real proxy: what has to be known of it to judge what it did. */
export interface PathFacts {
  readonly name: string;
  /** What it is made of, e.g. "nginx 1.22.1, reverse proxy to the Service". */
  readonly proxy: string;
  /** What leads a request to a pod. service: kube-proxy on the proxy's node chooses; endpoints: the proxy itself does. */
  readonly leadsBy: "service" | "endpoints";
  /** Whether it uses a connection to an upstream again. */
  readonly keepsConnections: boolean;
  /** null: it asks one upstream, once. */
  readonly retries: { readonly tries: number; readonly on: string } | null;
  /** From the change of an EndpointSlice to what it does with it, at most, by the defaults of each; null: not known. */
  readonly rhythmMs: number | null;
  /** Where its proxies run. */
  readonly nodes: readonly string[];
}

/** From this instant (by the clock of the proxy's node) a proxy led to these addresses and no others. */
export interface EndpointSync {
  readonly atUnixMs: number;
  /** ip:port of each. */
  readonly addresses: readonly string[];
}

/** A path and what its proxies logged of the block. */
export interface PathLog extends PathFacts {
  readonly records: readonly ProxyRecord[];
  /** What could not be read of it. */
  readonly unseen: readonly Unseen[];
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
