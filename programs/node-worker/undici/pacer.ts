import type { LoadClock } from "../load-clock.ts";

/**
 * Timers have whole milliseconds, so a request is up to about 1 ms late; only a shorter wait is spent turning the event
 * loop. To spin longer would take the CPU from the target where both share a machine.
 */
const SHORTEST_SLEEP_MS = 0.1;
/** After so many late ones at once, the sockets get their turn. */
const MOST_AT_ONCE = 32;

/**
 * Calls `fire` at each instant (ms from the load's start, in order), whatever became of the ones before.
 * Resolves after the last one, or when the signal is aborted.
 */
export function pace(
  instantsMs: Iterator<number>,
  clock: LoadClock,
  signal: AbortSignal,
  fire: (atMs: number) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let next = instantsMs.next();
    let timer: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      next = { done: true, value: undefined };
      resolve();
    };
    const step = () => {
      for (let fired = 0; fired < MOST_AT_ONCE && !next.done && next.value <= clock.nowMs(); fired++) {
        const atMs = next.value;
        next = instantsMs.next();
        fire(atMs);
      }
      if (next.done) {
        finish();
        return;
      }
      const waitMs = next.value - clock.nowMs();
      if (waitMs < SHORTEST_SLEEP_MS) setImmediate(step);
      else timer = setTimeout(step, Math.max(Math.floor(waitMs), 1));
    };
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
    else step();
  });
}
