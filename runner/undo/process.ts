import { readFileSync } from "node:fs";

/** Names one process of this machine for ever, though its PID may be given away. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Empty where the system does not tell. */
  readonly startTicks: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicks(process.pid) ?? "" };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identity.startTicks !== "" && startTicks(identity.pid) === identity.startTicks;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)). */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
