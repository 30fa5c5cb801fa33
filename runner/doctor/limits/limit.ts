import type { Hop, Limit } from "../../result/diagnosis.ts";

/** What a hop takes, by the capacity model. */
interface Known {
  readonly hop: Hop;
  readonly subject: string;
  readonly of: string;
  readonly breaksAtPerSecond: number;
  readonly assumes: string | null;
  /** How long it lasts at a rate that it does not take; left out: it breaks at once. */
  readonly lastsS?: (perSecond: number) => number | null;
}

/** @param rate that comes; null: not known */
export function known({ lastsS = () => 0, ...limit }: Known, rate: number | null): Limit {
  const breaks = rate !== null && rate > limit.breaksAtPerSecond;
  return {
    ...limit,
    unknown: null,
    ratePerSecond: rate,
    times: rate === null || rate === 0 ? null : limit.breaksAtPerSecond / rate,
    inS: breaks ? lastsS(rate) : null,
  };
}

export function notKnown(hop: Hop, subject: string, of: string, unknown: string): Limit {
  return {
    ...{ hop, subject, of, unknown },
    ...{ breaksAtPerSecond: null, assumes: null, ratePerSecond: null, times: null, inS: null },
  };
}
