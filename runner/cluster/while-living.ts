import { setTimeout as sleep } from "node:timers/promises";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import { isNotFound } from "./cluster.ts";

/** Options of a call by which a few fields of an object are changed. */
export const MERGING = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/**
 * Tells an object in the cluster, again and again, that the runner lives.
 * @param gone a sentence for when there is no such object any more: the run is lost then
 */
export async function whileLiving(
  everyMs: number,
  { until, onLost }: Lifetime,
  tell: () => Promise<unknown>,
  gone: string,
): Promise<void> {
  while (!until.aborted) {
    await sleep(everyMs, undefined, { signal: until, ref: false }).catch(() => undefined);
    if (until.aborted) return;
    try {
      await tell();
    } catch (error) {
      // A server that does not answer now may do so at the next one.
      if (until.aborted || !isNotFound(error)) continue;
      return onLost(new EnvironmentError(gone));
    }
  }
}
