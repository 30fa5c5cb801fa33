import { readdir, readlink, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../lock.ts";
import { command } from "./command.ts";
import { mountPoints } from "./mounts.ts";

/** Where `ip netns` keeps its named network namespaces. */
const directory = "/run/netns";

export function netnsName(lab: string, node: string): string {
  return `pw-${lab}-${node}`;
}

export function netnsPath(lab: string, node: string): string {
  return join(directory, netnsName(lab, node));
}

/** What a command is put behind to run in the mount, UTS and network namespaces of a process. */
export function inMountsOf(pid: number): string[] {
  return ["nsenter", `--target=${pid}`, "--mount", "--uts", "--net", "--"];
}

/** Pure: is this namespace name one of this lab's? ("pw-a-b-cp" belongs to the lab "a-b", not to "a".) */
export function belongsTo(lab: string, namespace: string): boolean {
  const prefix = `pw-${lab}-`;
  return namespace.startsWith(prefix) && /^(cp|node\d+)$/.test(namespace.slice(prefix.length));
}

export async function labNamespaces(lab: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => belongsTo(lab, name));
}

export async function createNamespace(lab: string, node: string): Promise<void> {
  await exclusively(() => command("ip", ["netns", "add", netnsName(lab, node)]));
}

/** Ids of all processes in one of the lab's named network namespaces. */
export async function namespaceMembers(lab: string): Promise<Set<number>> {
  const inodes = new Set<string>();
  for (const name of await labNamespaces(lab)) {
    const file = await stat(join(directory, name)).catch(() => undefined);
    if (file) inodes.add(`net:[${file.ino}]`);
  }
  const pids = new Set<number>();
  if (inodes.size === 0) return pids;
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const namespace = await readlink(`/proc/${entry}/ns/net`).catch(() => "");
    if (inodes.has(namespace)) pids.add(Number(entry));
  }
  return pids;
}

/** Deletes the lab's namespaces, and with them every interface, route, rule and conntrack entry in them. */
export async function removeNamespaces(lab: string): Promise<void> {
  await exclusively(() => deleteNamespaces(lab));
}

/** The first `ip netns add` mounts the directory, and the last removal unmounts it: one at a time. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return withLock("netns", () => {}, work);
}

async function deleteNamespaces(lab: string): Promise<void> {
  for (const name of await labNamespaces(lab)) {
    // A leftover of an interrupted `ip netns add` is a plain file, which `ip netns del` refuses.
    await command("ip", ["netns", "del", name]).catch(() => rm(join(directory, name), { force: true }));
  }
  await removeEmptyDirectory();
}

/** `ip netns` mounts its directory on itself when first used, and leaves it so. Empty it serves nobody. */
async function removeEmptyDirectory(): Promise<void> {
  const names = await readdir(directory).catch(() => undefined);
  if (names?.length !== 0) return;
  if ((await mountPoints()).includes(directory)) await command("umount", [directory]);
  await rmdir(directory).catch(() => {});
}
