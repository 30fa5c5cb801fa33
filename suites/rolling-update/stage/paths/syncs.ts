import type { EndpointSync } from "../../analysis/input.ts";
import type { Unseen } from "../../result/reasons.ts";
import type { ProxyContainer } from "./proxy-log.ts";

/** What a log says of the endpoints that a proxy took. */
export interface ParsedSyncs {
  /** In order of time; none from before a line that can't be read: how long those were in force is not known. */
  readonly syncs: EndpointSync[];
  /** Lines that can't be read. */
  readonly garbled: number;
}

/** The sets that a proxy took since an instant. */
export interface SyncLog {
  /** null: which one was in force then is not known. */
  readonly syncs: readonly EndpointSync[] | null;
  readonly unseen: readonly Unseen[];
}

export function syncLog(
  parsed: ParsedSyncs,
  { container, pod }: Pick<ProxyContainer, "container" | "pod">,
  sinceUnixMs: number,
): SyncLog {
  const syncs = syncsSince(parsed.syncs, sinceUnixMs);
  const isKnown = parsed.garbled === 0 || (syncs[0]?.atUnixMs ?? Number.POSITIVE_INFINITY) <= sinceUnixMs;
  if (isKnown) return { syncs, unseen: [] };
  return { syncs: null, unseen: [{ kind: "syncs-garbled", container, pod, lines: parsed.garbled }] };
}

/** Those since then, and the last one before. */
export function syncsSince(syncs: readonly EndpointSync[], sinceUnixMs: number): EndpointSync[] {
  const first = syncs.findLastIndex((each) => each.atUnixMs <= sinceUnixMs);
  return syncs.slice(Math.max(first, 0));
}
