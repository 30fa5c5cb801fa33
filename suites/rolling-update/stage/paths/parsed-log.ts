import type { ProxyRecord } from "../../analysis/proxy-record.ts";
import type { Unseen } from "../../result/reasons.ts";
import type { ProxyContainer } from "./proxy-log.ts";

/** Lines of a proxy's log that were passed over. */
export interface Skipped {
  /** Of a request's record there is only a part, or somebody else's words stand in it: what it said is lost. */
  readonly garbled: number;
  /** Whole lines of somebody else's. */
  readonly foreign: number;
}

/** What a proxy's log says of requests. */
export interface ParsedLog {
  readonly records: ProxyRecord[];
  readonly skipped: Skipped;
}

/** Tells what was passed over in a container's log. */
export function skippedLines(
  { container, pod }: Pick<ProxyContainer, "container" | "pod">,
  skipped: Skipped,
): Unseen[] {
  if (skipped.garbled + skipped.foreign === 0) return [];
  return [{ kind: "lines-passed-over", container, pod, ...skipped }];
}
