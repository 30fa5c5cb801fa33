/** A whole node's table, which many clients fill: what doctor can say of it beforehand. */
import { criticalRate, type Flow, GC_LAG_S, type Table, timeToExhaustion } from "./connections.ts";

/** nf_conntrack_tcp_timeout_time_wait, in which connections end that both sides closed. */
export const TIME_WAIT_ENTRY_S = 120;
/** So many that their ports are no limit. */
const CLIENTS = { pods: 10_000, destinations: 10, portRange: [32_768, 60_999] } as const;

export interface NodeTable {
  /** New connections a second above which it fills in the end. */
  readonly mostPerSecond: number;
  /** Null: at this rate it never fills; or no rate was given. */
  readonly fullAfterS: number | null;
}

/**
 * Of the entries that stand in a table, those that its present short connections do not explain: connections that last, which a
 * higher rate finds there as well.
 * @param newPerSecond null: not measured, so that all of them may last
 */
export function lastingEntries(entries: number, newPerSecond: number | null, timeoutS: number): number {
  return Math.max(0, entries - (newPerSecond ?? 0) * (timeoutS + GC_LAG_S));
}

/**
 * The rate that it takes is that of a table in which nothing stands but what lasts: the rest leaves.
 * @param timeoutS for which an entry outlives its connection
 * @param standing entries from which it fills, where it does
 * @param lasting those of them that stay
 */
export function nodeTable(
  limit: number,
  ratePerSecond: number | null,
  timeoutS: number = TIME_WAIT_ENTRY_S,
  standing = 0,
  lasting = 0,
): NodeTable {
  const table: Table = { limit, startEntries: lasting, prefillEntries: 0, prefillTimeoutS: 0 };
  const flow = (rate: number): Flow => ({ ratePerSecond: rate, timeoutS, gcLagS: GC_LAG_S });
  const critical = criticalRate(table, flow(1));
  const fullAfterS = (startEntries: number, rate: number) => {
    const full = timeToExhaustion({ ...table, startEntries }, flow(rate), CLIENTS);
    return full.applies ? full.seconds : null;
  };
  const fills = ratePerSecond !== null && fullAfterS(lasting, ratePerSecond) !== null;
  return {
    mostPerSecond: critical.applies ? critical.perSecond : 0,
    fullAfterS: fills ? fullAfterS(standing, ratePerSecond) : null,
  };
}
