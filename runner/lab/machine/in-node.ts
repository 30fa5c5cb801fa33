import { fileURLToPath } from "node:url";
import { joinFiles } from "./cgroups.ts";
import { command } from "./command.ts";
import { netnsPath } from "./namespaces.ts";

const joinCgroups = fileURLToPath(new URL("join-cgroups.sh", import.meta.url));

/**
 * Runs a command in a node's network namespace and cgroup, as its own daemons run: eBPF may lead the sockets of a cgroup
 * to Services, and nobody else's. Gives its stdout.
 */
export async function inNode(lab: string, node: string, args: readonly string[]): Promise<string> {
  const cgroups = await joinFiles(lab, `${node}/daemons`);
  return command("sh", [joinCgroups, cgroups.join(" "), "nsenter", `--net=${netnsPath(lab, node)}`, "--", ...args]);
}
