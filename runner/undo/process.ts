import type { Machine, System } from "./system/system.ts";
import { thisSystem } from "./system/this-system.ts";

/** Names one process for ever, though its PID may be given away, and though another machine may read it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in words of its system: in ticks on Linux. Empty where that does not tell. */
  readonly startTicks: string;
  /** Absent in journals of versions that did not write it. */
  readonly machine?: Machine | undefined;
}

/** Unknown: it is where this process can't see it. */
export type Life = "alive" | "ended" | "unknown";

export function thisProcess({ machine, startOf } = thisSystem()): ProcessIdentity {
  return { pid: process.pid, startTicks: startOf(process.pid) ?? "", machine };
}

export function lifeOf({ pid, startTicks, machine }: ProcessIdentity, here: System = thisSystem()): Life {
  // As those versions knew it that did not say where they ran.
  if (machine === undefined) return startTicks !== "" && here.startOf(pid) === startTicks ? "alive" : "ended";
  if (!isThisBoot(machine, here.machine)) {
    if (machine.id !== here.machine.id) return "unknown";
    if (machine.boot !== "" && here.machine.boot !== "") return "ended";
  }
  if (machine.pids !== here.machine.pids) return "unknown";
  const start = here.startOf(pid);
  if (start === null) return "ended";
  // Where starts are not told, whatever has the PID may be it.
  return start === "" || startTicks === "" || start === startTicks ? "alive" : "ended";
}

/** Whether it is this machine, as it has been since it was switched on; a container's name and files may be its own. */
export function isThisBoot({ boot }: Machine, here: Machine = thisSystem().machine): boolean {
  return boot !== "" && boot === here.boot;
}
