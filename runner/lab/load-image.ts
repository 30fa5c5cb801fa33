import type { Progress } from "../progress.ts";
import type { LoadImage } from "../workloads/images.ts";
import type { RunningRecord } from "./record.ts";

/** Builds the image, or finds it in the cache, and gives it to every node that lacks it. */
export async function addLoadImage(
  record: RunningRecord,
  image: Exclude<LoadImage, "agent">,
  _progress: Progress,
  _signal: AbortSignal | undefined,
): Promise<string> {
  throw new Error(`lab ${record.options.name} cannot make image ${image} yet`);
}
