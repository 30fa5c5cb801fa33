import { readdirSync, readFileSync } from "node:fs";

/** Left to the rest of the process when connections may use up its open files. */
const SPARE_FILES = 32;

/** Names as in programs/agent/flood/counters.go. */
const COUNTERS: ReadonlyArray<{ file: string; table: string; names: Readonly<Record<string, string>> }> = [
  { file: "snmp", table: "Tcp", names: { RetransSegs: "retransSegs", AttemptFails: "attemptFails" } },
  { file: "netstat", table: "TcpExt", names: { TCPSynRetrans: "synRetrans", TCPTimeouts: "tcpTimeouts" } },
];

export type TcpCounters = Readonly<Record<string, number>>;

/** The TCP counters of this process's network namespace; what this kernel does not count is left out. */
export function readTcpCounters(): TcpCounters {
  const counters: Record<string, number> = {};
  for (const { file, table, names } of COUNTERS) {
    const rows = readFileSync(`/proc/self/net/${file}`, "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`${table}:`))
      .map((line) => line.split(/\s+/));
    const [head = [], values = []] = rows;
    for (const [index, name] of head.entries()) {
      const ours = names[name];
      if (ours !== undefined) counters[ours] = Number(values[index]);
    }
  }
  return counters;
}

/** By how much the counters have grown, and the TIME_WAIT sockets of now. */
export function tcpSince(before: TcpCounters): Record<string, number> {
  const grown: Record<string, number> = {};
  for (const [name, value] of Object.entries(readTcpCounters())) grown[name] = value - (before[name] ?? 0);
  const sockets = readFileSync("/proc/self/net/sockstat", "utf8");
  const timeWait = /^TCP:.*\btw (\d+)/m.exec(sockets)?.[1];
  if (timeWait !== undefined) grown.timeWaitAfter = Number(timeWait);
  return grown;
}

/**
 * Lowers a number of connections to what the limit of open files leaves room for; Node has raised the soft limit to the
 * hard one when it started.
 */
export function boundByFiles(wanted: number): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
  if (limit === undefined) return wanted; // unlimited
  const room = Number(limit) - readdirSync("/proc/self/fd").length - SPARE_FILES;
  if (room < 1) throw new Error(`the limit of ${limit} open files leaves no room for connections`);
  return Math.min(wanted, room);
}

/** Waiting time for one try of the resolver, in ms (resolv.conf(5): 5 s unless told). */
export function resolverTimeoutMs(): number {
  try {
    const seconds = /^options\b.*\btimeout:(\d+)/m.exec(readFileSync("/etc/resolv.conf", "utf8"))?.[1];
    return seconds === undefined ? 5_000 : Number(seconds) * 1_000;
  } catch {
    return 5_000;
  }
}
