/** What dnsperf found. Its clients ask again as soon as they are answered: no verdict rests on these latencies. */
export interface QueryRate {
  readonly sent: number;
  readonly completed: number;
  readonly lost: number;
  readonly responses: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Answers per second. */
  readonly perSecond: number;
  readonly latencyMs: { readonly mean: number; readonly min: number; readonly max: number };
}
