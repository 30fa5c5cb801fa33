import type { Load, LoadEnd } from "../../runner/load/load.ts";

/**
 * Starts a deployed load at an instant, waits for its end, and removes it in any case.
 * @param during happens meanwhile, from the start's announcement on; the load may end before it
 */
export async function runLoad(
  load: Load,
  startAtUnixMs: number,
  during: (load: Load, startAtUnixMs: number) => Promise<void> = async () => {},
): Promise<LoadEnd> {
  try {
    await load.start(startAtUnixMs);
    await during(load, startAtUnixMs);
    return await load.end();
  } finally {
    await load.remove();
  }
}

/** All requests, whatever became of them. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
