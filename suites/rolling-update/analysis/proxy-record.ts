import type { UpstreamError } from "../result/reasons.ts";

/** One try of a proxy to have a request answered. */
export interface UpstreamTry {
  /** ip:port; empty where the proxy does not say. */
  readonly address: string;
  readonly status: number | null;
  readonly connectMs: number | null;
  readonly responseMs: number | null;
  readonly error: UpstreamError | null;
}

/** What a proxy's own log says of one request. */
export interface ProxyRecord {
  /** The X-Request-Id that the client sent. */
  readonly requestId: string;
  /** By the clock of the proxy's node. */
  readonly endedAtUnixMs: number;
  /** What the proxy answered; 499 if the client had gone before it could. */
  readonly status: number;
  /** Whom it tried, in order. */
  readonly upstreams: readonly UpstreamTry[];
}
