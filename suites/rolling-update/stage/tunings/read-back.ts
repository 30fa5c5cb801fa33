import type { ReadBack } from "../../../../runner/tunings/read-back.ts";
import type { RolloutTuning } from "../../tunings.ts";
import type { Path } from "../paths/path.ts";
import { SERVER_PODS } from "./places.ts";

/** A pod that was stopped; `signal` null: nobody saw which signal it got. */
export interface StoppedPod {
  readonly pod: string;
  readonly signal: { readonly name: string } | null;
}

/**
 * Pure: the stop signals that pods of another image really got. Where none was seen, none is told: the tuning is then not
 * judged.
 * @param stopped pods that were deleted, not killed
 */
export function readBackStopSignals(tunings: readonly RolloutTuning[], stopped: readonly StoppedPod[]): ReadBack[] {
  return tunings.flatMap((tuning) => {
    if (tuning.kind !== "workload-image") return [];
    return stopped.flatMap(({ pod, signal }): ReadBack[] =>
      signal === null
        ? []
        : [
            {
              tuning: tuning.name,
              ...SERVER_PODS,
              where: `pod ${pod}`,
              wanted: tuning.stopSignal,
              got: signal.name,
            },
          ],
    );
  });
}

const ASKS_ONCE = "asks one upstream, once";
const ASKS_ANOTHER = "asks another upstream";

/** What the live configuration of each path's proxies says of asking another upstream, beside what the path was made with. */
export async function readBackProxies(
  tunings: readonly RolloutTuning[],
  paths: readonly Pick<Path, "name" | "retries" | "readRetries">[],
): Promise<ReadBack[]> {
  const setting = tunings.find((each) => each.kind === "proxy-setting");
  if (!setting) return [];
  return Promise.all(
    paths.map(async ({ name, retries, readRetries }): Promise<ReadBack> => {
      const place = { tuning: setting.name, place: "proxies" } as const;
      if (retries === null) return { ...place, where: `path ${name}`, wanted: ASKS_ANOTHER, got: ASKS_ONCE };
      const read = await readRetries?.();
      return { ...place, where: `path ${name}`, wanted: retries.on, got: read?.got ?? null };
    }),
  );
}
