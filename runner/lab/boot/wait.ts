import { setTimeout as sleep } from "node:timers/promises";
import type { Launched } from "../machine/launch.ts";
import { LabError } from "../types.ts";

/**
 * Asks until the answer is yes; ends early if one of the components that the answer depends on ends.
 * @param problem what to say if it does not come true, e.g. "etcd did not get ready".
 * @throws LabError
 */
export async function waitFor(
  problem: string,
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
      if (Date.now() > deadlineMs) throw new LabError(`${problem} within ${timeoutMs / 1000} s`);
      await sleep(intervalMs);
    }
  };
  try {
    await Promise.race([poll(), ...components.map((component) => component.failed)]);
  } finally {
    stop.abort();
  }
}
