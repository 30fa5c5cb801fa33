import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../types.ts";
import { cgroupMembers } from "./cgroups.ts";
import { namespaceMembers } from "./namespaces.ts";

/** A process for good: an id alone is given anew to others. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks from boot to its start. */
  startTicks: number;
}

/** The identity of a live process; undefined if it has ended (or is a zombie). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  if (!state || state === "Z" || state === "X") return undefined;
  return { pid, startTicks: Number(rest[18]) };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startTicks === identity.startTicks;
}

/** Every process of the lab, found by its cgroups and its network namespaces, whoever started it. */
export async function labProcesses(lab: string): Promise<number[]> {
  const pids = new Set([...(await cgroupMembers(lab)), ...(await namespaceMembers(lab))]);
  const alive: number[] = [];
  for (const pid of pids) if (pid !== process.pid && (await identify(pid))) alive.push(pid);
  return alive;
}

/** Kills the lab's processes, and those that they start meanwhile, until none is left. */
export async function killLabProcesses(lab: string, update: (detail: string) => void): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  for (;;) {
    const pids = await labProcesses(lab);
    if (pids.length === 0) return;
    if (Date.now() > deadlineMs)
      throw new LabError(`process ${pids[0]} of the lab "${lab}" does not end, even by SIGKILL`);
    update(`${pids.length} processes`);
    for (const pid of pids) kill(pid);
    await sleep(30);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
