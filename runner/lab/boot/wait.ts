import { setTimeout as sleep } from "node:timers/promises";
import type { Launched } from "../machine/launch.ts";
import { LabError } from "../types.ts";

/**
 * Asks until the answer is yes; ends early if one of the components that the answer depends on ends.
 * @throws LabError that says what was waited for.
 */
export async function waitFor(
  what: string,
  isSo: () => Promise<boolean>,
  {
    components,
    timeoutMs = 60_000,
    intervalMs = 50,
  }: { components: readonly Launched[]; timeoutMs?: number; intervalMs?: number },
): Promise<void> {
  const stop = new AbortController();
  const poll = async () => {
    const deadlineMs = Date.now() + timeoutMs;
    while (!stop.signal.aborted) {
      if (await isSo()) return;
      if (Date.now() > deadlineMs) throw new LabError(`${what}: not so after ${timeoutMs / 1000} s`);
      await sleep(intervalMs);
    }
  };
  try {
    await Promise.race([poll(), ...components.map((component) => component.failed)]);
  } finally {
    stop.abort();
  }
}
