import { hostname } from "node:os";
import { hashed, type System } from "./system.ts";

/** What Node knows on any system. */
export function other(name = hostname()): System {
  return {
    machine: { id: hashed(name), name, boot: "", pids: "" },
    startOf(pid) {
      try {
        process.kill(pid, 0);
        return "";
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "ESRCH" ? null : "";
      }
    },
  };
}
