/** What a block's load is, apart from the engine that makes it. */
export interface LoadSpec {
  /** Requests a second over all workers together, each on a new connection, at scheduled instants (open model). */
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** A request that has not ended well by then, counted from its scheduled instant, has failed. */
  readonly timeoutMs: number;
  readonly workers: number;
}

export interface LoadTarget {
  readonly address: string;
  readonly host: string;
  readonly path: string;
}
