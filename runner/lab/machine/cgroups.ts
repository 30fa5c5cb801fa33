import { access, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../types.ts";
import { isMissing } from "./files.ts";

/** One mounted cgroup hierarchy: one a controller (or several) on v1, the single one on v2, and on a hybrid machine both. */
export interface Hierarchy {
  mountPoint: string;
  version: 1 | 2;
  controllers: string[];
}

/** Pure: the hierarchies in the text of /proc/self/mounts (one entry each, though some are mounted twice). */
export function parseHierarchies(mounts: string): Hierarchy[] {
  const seen = new Set<string>();
  return mounts.split("\n").flatMap((line) => {
    const [, mountPoint = "", type, options = ""] = line.split(" ");
    if (type !== "cgroup" && type !== "cgroup2") return [];
    const controllers = type === "cgroup" ? options.split(",").filter((option) => !mountOptions.has(option)) : [];
    const key = `${type} ${controllers.join()}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ mountPoint, version: type === "cgroup" ? 1 : 2, controllers } satisfies Hierarchy];
  });
}

const mountOptions = new Set([
  "rw",
  "ro",
  "relatime",
  "noatime",
  "nosuid",
  "nodev",
  "noexec",
  "xattr",
  "clone_children",
]);

export async function hierarchies(): Promise<Hierarchy[]> {
  return parseHierarchies(await readFile("/proc/self/mounts", "utf8"));
}

/** The lab's own top group, of the same name in every hierarchy. */
export function topGroup(lab: string): string {
  return `packetwalk-${lab}`;
}

/**
 * Creates `groups` (paths below the lab's top group, parents first) in every hierarchy, with every controller that the
 * kubelet and runc want.
 */
export async function createCgroups(lab: string, groups: readonly string[]): Promise<void> {
  const all = await hierarchies();
  if (all.length === 0) throw new LabError("no cgroup hierarchy is mounted on this machine, and pods need one");
  for (const hierarchy of all) {
    for (const group of ["", ...groups]) {
      const directory = join(hierarchy.mountPoint, topGroup(lab), group);
      await mkdir(directory, { recursive: true });
      if (hierarchy.controllers.includes("cpuset")) await inheritCpuset(directory);
    }
    if (hierarchy.version === 2) await delegate(hierarchy.mountPoint, lab, groups);
  }
}

/** A new v1 cpuset is empty, and nothing can run in it. */
async function inheritCpuset(directory: string): Promise<void> {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    await writeFile(join(directory, file), await readFile(join(directory, "..", file), "utf8"));
  }
}

/** On v2 a controller is there in a group only if every group above hands it down, and such a group holds no process. */
async function delegate(mountPoint: string, lab: string, groups: readonly string[]): Promise<void> {
  const available = (await readFile(join(mountPoint, "cgroup.controllers"), "utf8")).split(/\s+/);
  const wanted = ["cpu", "cpuset", "memory", "pids", "io", "hugetlb"].filter((name) => available.includes(name));
  const parents = groups.filter((group) => groups.some((other) => other.startsWith(`${group}/`)));
  for (const directory of [mountPoint, ...["", ...parents].map((group) => join(mountPoint, topGroup(lab), group))]) {
    const file = join(directory, "cgroup.subtree_control");
    const enabled = (await readFile(file, "utf8")).split(/\s+/);
    for (const controller of wanted.filter((name) => !enabled.includes(name))) {
      await writeFile(file, `+${controller}`).catch((error: Error) => {
        throw new LabError(`cgroup v2 controller ${controller} can't be handed down in ${directory}: ${error.message}`);
      });
    }
  }
}

/** The files that a process writes its id to, to enter a group in every hierarchy. */
export async function joinFiles(lab: string, group: string): Promise<string[]> {
  return (await hierarchies()).map(({ mountPoint }) => join(mountPoint, topGroup(lab), group, "cgroup.procs"));
}

/** Ids of all processes anywhere below the lab's top group, in any hierarchy. */
export async function cgroupMembers(lab: string): Promise<Set<number>> {
  const pids = new Set<number>();
  for (const directory of await groupDirectories(lab)) {
    const text = await readFile(join(directory, "cgroup.procs"), "utf8").catch(() => "");
    // 0 stands for a process of another PID namespace, which can't be ours.
    for (const line of text.split("\n")) if (Number(line) > 0) pids.add(Number(line));
  }
  return pids;
}

/** Removes the lab's groups, which must be empty; the kernel may need a moment after the last process's end. */
export async function removeCgroups(lab: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const left = await groupDirectories(lab);
    if (left.length === 0) return;
    if (attempt === 100) throw new LabError(`cgroup ${left[0]} can't be removed: it is still in use`);
    if (attempt > 0) await sleep(50);
    for (const directory of left.reverse()) await rmdir(directory).catch(() => {});
  }
}

export async function cgroupsExist(lab: string): Promise<boolean> {
  return (await groupDirectories(lab)).length > 0;
}

/** Every directory of the lab's groups, parents first. */
async function groupDirectories(lab: string): Promise<string[]> {
  const found: string[] = [];
  for (const { mountPoint } of await hierarchies()) {
    const top = join(mountPoint, topGroup(lab));
    if (
      await access(top).then(
        () => true,
        () => false,
      )
    )
      await collect(top, found);
  }
  return found;
}

async function collect(directory: string, into: string[]): Promise<void> {
  into.push(directory);
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const entry of entries) if (entry.isDirectory()) await collect(join(directory, entry.name), into);
}
