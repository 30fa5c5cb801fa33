/** Pure: from a node's connections to a Service, when a change was in force there. */
import type { Change } from "../evidence.ts";

export interface ReachReport {
  readonly beganUnixMs: number;
  readonly endedUnixMs: number;
  readonly first: "open" | "refused" | "unanswered" | "";
  readonly last: "open" | "refused" | "unanswered" | "";
  readonly attempts: number;
  readonly otherUnixMs: number;
  readonly sinceUnixMs: number;
}

interface Seen {
  readonly node: string;
  readonly to: Change["to"];
  /** By the node's clock. */
  readonly report: ReachReport;
  /** By ours: around the command on the node, and around the change. */
  readonly askedUnixMs: number;
  readonly answeredUnixMs: number;
  readonly sentUnixMs: number;
  readonly changedUnixMs: number;
}

/**
 * A command can't begin before it was asked for, nor end after its answer: that bounds by how much a node's clock is ahead of
 * ours. Where it may agree it is taken to agree.
 */
export function clockAheadMs({ report, askedUnixMs, answeredUnixMs }: Omit<Seen, "to" | "node">): number {
  const most = report.beganUnixMs - askedUnixMs;
  const least = report.endedUnixMs - answeredUnixMs;
  return Math.min(Math.max(0, least), Math.max(most, least));
}

export function seenChange(seen: Seen): Change {
  const { node, to, report, sentUnixMs, changedUnixMs } = seen;
  const aheadMs = clockAheadMs(seen);
  const errorMs = changedUnixMs - sentUnixMs + Math.abs(aheadMs);
  const since = report.sinceUnixMs - aheadMs;
  // What was so before the change is not its doing.
  const isSeen = report.sinceUnixMs > 0 && report.otherUnixMs > 0 && since >= sentUnixMs;
  return { node, to, delayMs: isSeen ? since - sentUnixMs : null, errorMs };
}
