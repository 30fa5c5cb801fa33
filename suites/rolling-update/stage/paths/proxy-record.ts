/** What went wrong between a proxy and one upstream, in words that mean the same for every proxy. */
export const UPSTREAM_ERRORS = [
  "connection refused", // nobody listens at that address: the process is gone
  "connection reset", // it was there, and cut the connection
  "closed early", // it ended the connection in order, before its answer was whole
  "timed out", // nothing came back
  "unreachable", // no route: the pod's network is gone
  "no endpoint", // the proxy knew of none that it might ask
  "failed", // none of these, or the proxy does not say
] as const;
export type UpstreamError = (typeof UPSTREAM_ERRORS)[number];

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
