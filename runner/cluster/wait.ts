import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../errors.ts";

/** Longer, and the check had to wait for a cluster that was away: that takes nothing of the time, up to so much in all. */
const SLOW_CHECK_MS = 5_000;
const MOST_SLOW_MS = 120_000;

/**
 * Pure: what is seen a twentieth of the time late at most, and no more often than a second asks for: mostly it is a list of a
 * shared API server.
 */
export function pauseMs(waitedMs: number): number {
  return Math.min(1_000, Math.max(100, waitedMs / 20));
}

/**
 * Polls until `check` gives a value; `undefined` means not yet.
 * @throws EnvironmentError after `timeoutMs`, with what `describe` says is still missing.
 */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined>,
  options: { timeoutMs: number; intervalMs?: number; describe?: () => string; signal?: AbortSignal | undefined },
): Promise<T> {
  const began = performance.now();
  let slowMs = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const asked = performance.now();
    const value = await orAborted(check(), options.signal);
    if (value !== undefined) return value;
    const tookMs = performance.now() - asked;
    if (tookMs > SLOW_CHECK_MS) slowMs = Math.min(slowMs + tookMs, MOST_SLOW_MS);
    if (performance.now() > began + options.timeoutMs + slowMs) {
      const missing = options.describe?.();
      throw new EnvironmentError(
        `${what} took longer than ${options.timeoutMs / 1000} s${missing ? `: ${missing}` : ""}`,
      );
    }
    await orAborted(sleep(options.intervalMs ?? pauseMs(performance.now() - began)), options.signal);
  }
}

/** What the work gives, unless the signal comes first: work that hangs must not hold up an interruption. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
