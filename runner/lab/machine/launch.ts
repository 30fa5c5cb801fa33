import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { lastMeaningfulLine } from "../log-line.ts";
import { LabError } from "../types.ts";
import { joinFiles } from "./cgroups.ts";
import { searchPath } from "./command.ts";
import { identify, type ProcessIdentity } from "./processes.ts";

const joinCgroups = fileURLToPath(new URL("join-cgroups.sh", import.meta.url));

export interface LaunchSpec {
  /** As messages call it, e.g. "kubelet of node1". */
  title: string;
  lab: string;
  /** Below the lab's top group. */
  cgroup: string;
  logFile: string;
  /** The command with all that it is wrapped in (nsenter, unshare), none of which may fork. */
  command: readonly string[];
  env?: Record<string, string>;
}

/** A component that runs on after this process; `failed` rejects if it ends before `settled` is called. */
export interface Launched extends ProcessIdentity {
  title: string;
  logFile: string;
  failed: Promise<never>;
  settled(): void;
}

/** Starts a component within its cgroup, its output going to its log file. */
export async function launch(spec: LaunchSpec): Promise<Launched> {
  const [cgroups, log] = await Promise.all([joinFiles(spec.lab, spec.cgroup), open(spec.logFile, "a", 0o600)]);
  try {
    const child = spawn("sh", [joinCgroups, cgroups.join(" "), ...spec.command], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: { PATH: searchPath(), HOME: "/root", ...spec.env },
    });
    child.unref();
    let isSettled = false;
    const failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", async () => {
        if (isSettled) return;
        const said = lastMeaningfulLine(await readFile(spec.logFile, "utf8").catch(() => "")) ?? "it said nothing";
        reject(new LabError(`${spec.title} ended while the lab was starting: ${said}`));
      });
    });
    failed.catch(() => {});
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (!identity) return await failed;
    const settled = () => {
      isSettled = true;
    };
    return { ...identity, title: spec.title, logFile: spec.logFile, failed, settled };
  } finally {
    await log.close();
  }
}
