import { setTimeout as sleep } from "node:timers/promises";

/** A finished connection's entry lives for 120 s (nf_conntrack_tcp_timeout_time_wait); the kernel collects it a little later. */
const MOST_MS = 150_000;
const EVERY_MS = 5_000;

/**
 * How long a run waits, in all, for entries of other people's connections to expire: those of a run just before are there for
 * two minutes, all to the same number until they go at once, and nobody else may delete them.
 */
export interface OthersEntries {
  /**
   * @param count those that are too many
   * @returns as soon as there are none, or the run has waited for long enough
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
      for (let entries = await count(); entries > 0 && leftMs > 0; entries = await count()) {
        if (!told)
          tell(
            `Waiting for ${entries} conntrack entries of other connections to expire, for ${MOST_MS / 1000} s at most`,
          );
        told = true;
        await pause(signal);
        leftMs -= EVERY_MS;
      }
    },
  };
}

function pauseOf(signal: AbortSignal): Promise<void> {
  return sleep(EVERY_MS, undefined, { signal });
}
