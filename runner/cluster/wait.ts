import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../errors.ts";

/**
 * Polls until `check` gives a value; `undefined` means not yet.
 * @throws EnvironmentError after `timeoutMs`, with what `describe` says is still missing.
 */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined>,
  options: { timeoutMs: number; intervalMs?: number; describe?: () => string; signal?: AbortSignal | undefined },
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > deadline) {
      const missing = options.describe?.();
      throw new EnvironmentError(
        `${what} took longer than ${options.timeoutMs / 1000} s${missing ? `: ${missing}` : ""}`,
      );
    }
    await sleep(options.intervalMs ?? 100);
  }
}
