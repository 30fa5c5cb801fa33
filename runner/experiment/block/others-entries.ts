import { setTimeout as sleep } from "node:timers/promises";

/** A finished connection's entry lives for 120 s (nf_conntrack_tcp_timeout_time_wait); the kernel collects it a little later. */
const MOST_MS = 150_000;
const EVERY_MS = 5_000;
/** Entries of finished connections go all along: a table that has not fallen by so much in so long is in use. */
const FALLS_BY = 0.02;
const WITHIN_MS = 30_000;

/**
 * How long a run waits, in all, for entries of other people's connections to expire: those of a run just before are there for
 * two minutes, and nobody else may delete them. A table that others keep in use is not waited for.
 */
export interface OthersEntries {
  /**
   * @param count those that are too many
   * @returns as soon as there are none, or waiting is of no use
   */
  waitUntilGone(count: () => Promise<number>, signal: AbortSignal): Promise<void>;
}

/**
 * @param tell told once, when the wait begins
 * @param pause of EVERY_MS
 */
export function othersEntries(tell: (sentence: string) => void, pause = pauseOf): OthersEntries {
  let leftMs = MOST_MS;
  let told = false;
  return {
    async waitUntilGone(count, signal) {
      let entries = await count();
      let lowest = { entries, forMs: 0 };
      while (entries > 0 && leftMs > 0) {
        if (!told)
          tell(
            `Waiting for ${entries} conntrack entries of other connections to expire, for ${MOST_MS / 1000} s at most`,
          );
        told = true;
        await pause(signal);
        leftMs -= EVERY_MS;
        entries = await count();
        const falls = entries < lowest.entries * (1 - FALLS_BY);
        lowest = falls ? { entries, forMs: 0 } : { ...lowest, forMs: lowest.forMs + EVERY_MS };
        if (lowest.forMs >= WITHIN_MS) leftMs = 0;
      }
    },
  };
}

function pauseOf(signal: AbortSignal): Promise<void> {
  return sleep(EVERY_MS, undefined, { signal });
}
