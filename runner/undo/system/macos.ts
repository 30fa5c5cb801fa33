import { execFileSync } from "node:child_process";
import { hostname } from "node:os";
import { hashed, orNothing, type System } from "./system.ts";

/** Gives what a command prints. @throws with its exit code as `status` */
type Run = (command: string, args: readonly string[]) => string;

export function macos(run: Run = printed, name = hostname()): System {
  const platform = orNothing(() => run("/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"]));
  const uuid = /"IOPlatformUUID" = "([^"]+)"/.exec(platform)?.[1];
  return {
    machine: {
      // Without the name: it changes with the network that a laptop is in.
      id: hashed(uuid ?? name),
      name,
      boot: orNothing(() => run("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"])),
      pids: "",
    },
    startOf(pid) {
      try {
        return run("/bin/ps", ["-o", "lstart=", "-p", String(pid)]).trim();
      } catch (error) {
        // ps ends so where there is none, and says nothing.
        return error instanceof Error && "status" in error && error.status === 1 ? null : "";
      }
    },
  };
}

function printed(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    encoding: "utf8",
    timeout: 10_000,
    stdio: ["ignore", "pipe", "ignore"],
    // ps tells times in the language and the time zone of whoever asks.
    env: { LC_ALL: "C", TZ: "UTC" },
  });
}
