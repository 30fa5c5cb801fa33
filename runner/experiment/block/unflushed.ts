/** What blocks leave in connection tables that nobody may flush: it goes by itself, and the next block waits for that. */
import { setTimeout as sleep } from "node:timers/promises";
import { sum } from "../../analysis/samples.ts";

/** A finished connection's entry lives for 120 s (nf_conntrack_tcp_timeout_time_wait); the kernel collects it a little later. */
const LIFE_MS = 150_000;
/** Half of the table that Linux gives a machine with more than 4 GB (262,144), since nobody says how large this one is. */
export const MOST_LEFT = 131_072;

export interface Unflushed {
  /** A block's load has ended, and had so many connections. */
  left(connections: number): void;
  /**
   * Returns once no more than MOST_LEFT of the connections before may still have an entry.
   * @returns seconds that it waited
   */
  waitOut(signal: AbortSignal): Promise<number>;
}

/**
 * @param tell told once, when the first wait begins
 * @param now,pause of this process
 */
export function unflushed(
  tell: (sentence: string) => void,
  now: () => number = () => performance.now(),
  pause: (ms: number, signal: AbortSignal) => Promise<void> = (ms, signal) => sleep(ms, undefined, { signal }),
): Unflushed {
  let leftBy: ReadonlyArray<{ readonly goneAtMs: number; readonly connections: number }> = [];
  let isTold = false;
  return {
    left(connections) {
      leftBy = [...leftBy, { goneAtMs: now() + LIFE_MS, connections }];
    },
    async waitOut(signal) {
      const beganMs = now();
      for (;;) {
        leftBy = leftBy.filter(({ goneAtMs }) => goneAtMs > now());
        const [first] = leftBy;
        const standing = sum(leftBy.map(({ connections }) => connections));
        if (!first || standing <= MOST_LEFT) return (now() - beganMs) / 1000;
        if (!isTold)
          tell(
            `Waiting for up to ${standing} connections of the blocks before to leave the nodes' tables, ${LIFE_MS / 1000} s at most: nobody flushes them here`,
          );
        isTold = true;
        await pause(first.goneAtMs - now(), signal);
      }
    },
  };
}
