/** The lab's processes: all of them are processes of this machine. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../../../runner/errors.ts";
import { isAlive, labProcesses, type ProcessIdentity } from "../../../runner/lab/machine/processes.ts";
import type { OwnLab } from "./own-lab.ts";

export interface LabProcess {
  readonly pid: number;
  readonly words: readonly string[];
}

export async function componentOf({ record }: OwnLab, title: string): Promise<ProcessIdentity> {
  const found = (await record()).components.find((each) => each.title === title);
  if (!found || !(await isAlive(found))) throw new EnvironmentError(`the lab's ${title} does not run`);
  return found;
}

export async function allProcesses({ lab }: OwnLab): Promise<LabProcess[]> {
  const pids = await labProcesses(lab.name);
  const all = await Promise.all(pids.map(async (pid) => ({ pid, words: await wordsOf(pid) })));
  return all.filter(({ words }) => words.length > 0);
}

/** Processes of our agent that do this, once there are any. */
export async function agentsDoing(own: OwnLab, what: string, withinMs: number, signal: AbortSignal) {
  for (const untilMs = performance.now() + withinMs; ; await sleep(100, undefined, { signal })) {
    const found = (await allProcesses(own)).filter(({ words: [program, command] }) => {
      return program === "/packetwalk/agent" && command === what;
    });
    if (found.length > 0) return found;
    if (performance.now() > untilMs) throw new EnvironmentError(`no process "agent ${what}" came up in the lab`);
  }
}

/** Empty: it has ended. */
export async function wordsOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.split("\0").slice(0, -1);
}
