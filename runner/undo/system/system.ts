import { createHash } from "node:crypto";
import { z } from "zod";

/** Where a process is: of what else it says, nothing counts anywhere else. */
export const Machine = z.object({
  /** The same after a restart. Hashed: a machine's own id is not for others' eyes (machine-id(5)). */
  id: z.string(),
  /** For people. */
  name: z.string(),
  /** From one start of the machine to the next. Empty where the system does not tell. */
  boot: z.string(),
  /** Within which a PID names one process: a container has PIDs of its own. Empty where all have the same. */
  pids: z.string(),
});
export type Machine = z.infer<typeof Machine>;

/** What an operating system tells of the machine and its processes. */
export interface System {
  readonly machine: Machine;
  /** When it was started, in the system's own words, empty if it does not tell; null: there is no such process. */
  startOf(pid: number): string | null;
}

export function hashed(...parts: readonly string[]): string {
  return createHash("sha256")
    .update(["packetwalk", ...parts].join("\n"))
    .digest("hex")
    .slice(0, 32);
}

/** What is read, or nothing where it can't be. */
export function orNothing(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}
