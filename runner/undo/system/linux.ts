import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { hashed, orNothing, type System } from "./system.ts";

/** @param root where its files are */
export function linux(root = "/", name = hostname()): System {
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  const machineId = orNothing(() => text("etc/machine-id"));
  return {
    machine: {
      // Machines and containers that were made of one image may have one machine-id.
      id: hashed(machineId, name),
      name,
      boot: orNothing(() => text("proc/sys/kernel/random/boot_id")),
      pids: orNothing(() => readlinkSync(join(root, "proc/self/ns/pid"))),
    },
    startOf(pid) {
      try {
        return startTicks(text(`proc/${pid}/stat`));
      } catch (error) {
        // ESRCH: it has ended while its file was being read.
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        return code === "ENOENT" || code === "ESRCH" ? null : "";
      }
    },
  };
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); null: it has ended, and only its parent does not know yet. */
function startTicks(stat: string): string | null {
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? null : (rest[18] ?? "");
}
