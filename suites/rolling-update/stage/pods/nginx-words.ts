/** What NGINX says in its own log of its end. */
import type { NodeEvent } from "./pod-timeline-node.ts";

export type EndEvent = Extract<NodeEvent, { kind: "signal" | "exit" }>;

/** A notice behind the kubelet's time stamp: "2026-11-30T20:00:01.123456789Z 2026/11/30 20:00:01 [notice] 1#1: exit". */
const NOTICE = /^(\S+) \d{4}\/\d\d\/\d\d [\d:]{8} \[notice\] (\d+)#\d+: (.*)$/;
const STOP = /^signal \d+ \((SIGTERM|SIGQUIT|SIGINT)\) received/;

/**
 * Pure but for what it remembers: a line of one container's log, what it says of its main process's end. That is who
 * speaks of a stop signal first: its workers get theirs from it.
 */
export function endWords(container: string): (line: string) => EndEvent | null {
  let main: string | null = null;
  return (line) => {
    const [, stamp = "", process = "", words = ""] = NOTICE.exec(line) ?? [];
    const atUnixMs = unixMs(stamp);
    if (atUnixMs === null) return null;
    const [, signal] = STOP.exec(words) ?? [];
    if (signal !== undefined && main === null) {
      main = process;
      return { kind: "signal", container, signal, ignored: false, atUnixMs };
    }
    return words === "exit" && process === main ? { kind: "exit", container, atUnixMs } : null;
  };
}

/** RFC 3339 with nanoseconds, of which a ms is enough. */
export function unixMs(stamp: string): number | null {
  const at = Date.parse(stamp);
  return Number.isNaN(at) ? null : at;
}
