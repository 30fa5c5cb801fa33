import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

/**
 * All that a lab or a run could leave on this machine, as sorted lines, by kind: what must be equal before and after.
 * Volatile things (counters, process ids) are left out.
 */
export type MachineSnapshot = Record<
  "processes" | "namespaces" | "mounts" | "cgroups" | "sysctls" | "rules" | "network" | "directories",
  string[]
>;

/** By kind, of this machine or of what else is compared with it. */
type Lines = Readonly<Record<string, readonly string[]>>;

/**
 * Takes a snapshot.
 * @param exceptLabs labs that are not the test's business: what belongs to them (processes, namespaces) is left out.
 */
export async function machineSnapshot(exceptLabs: readonly string[] = []): Promise<MachineSnapshot> {
  const [processes, mounts, cgroups, sysctls, rules, network, directories] = await Promise.all([
    contained(exceptLabs),
    linesOf("/proc/self/mounts"),
    cgroupDirectories(exceptLabs),
    sysctlValues(),
    Promise.all([output("iptables-save"), output("ip6tables-save"), output("nft", "list", "ruleset")]),
    Promise.all([output("ip", "-o", "link"), output("ip", "route", "show", "table", "all"), output("ip", "rule")]),
    Promise.all(["/", "/run", "/var/lib", "/var/log", "/etc", "/opt", "/etc/cni", "/run/netns"].map(entries)),
  ]);
  const mine = (line: string) => !exceptLabs.some((lab) => new RegExp(`pw-${lab}-(cp|node\\d+)( |/|$)`).test(line));
  return {
    processes: processes.map((each) => each.name).sort(),
    namespaces: unique(processes.flatMap((each) => each.namespaces)),
    mounts: mounts.filter(mine).sort(),
    cgroups,
    sysctls,
    // iptables-save prints when it ran, and with the counters of its chains.
    rules: rules
      .flat()
      .filter((line) => !line.startsWith("#"))
      .map((line) => line.replace(/\[\d+:\d+\]/, "")),
    // Of an interface, whether it is there; its state may change by itself.
    network: network
      .flat()
      .map((line) => line.replace(/ (mtu|qlen) .*/, ""))
      .sort(),
    directories: directories.flat().filter(mine).sort(),
  };
}

/** Labs that are there now, by their control planes' namespaces. */
export async function labsOnThisMachine(): Promise<string[]> {
  const names = await readdir("/run/netns").catch(() => []);
  return names.flatMap((name) => /^pw-(.+)-cp$/.exec(name)?.[1] ?? []);
}

/** What one snapshot has and the other has not, as lines that say so; empty if they are equal. */
export function differences(before: Lines, after: Lines): string[] {
  const kinds = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...kinds].flatMap((kind) => {
    const [was = [], is = []] = [before[kind], after[kind]];
    return [
      ...without(is, was).map((line) => `${kind}: left behind: ${line}`),
      ...without(was, is).map((line) => `${kind}: gone: ${line}`),
    ];
  });
}

/** What is different from before; waits for what has ended but not yet gone. */
export async function leftovers(before: MachineSnapshot, withinMs = 20_000): Promise<string[]> {
  for (const deadline = Date.now() + withinMs; ; await sleep(1_000)) {
    const found = differences(before, await machineSnapshot(await labsOnThisMachine()));
    if (found.length === 0 || Date.now() > deadline) return found;
  }
}

/** Multiset difference. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

interface Contained {
  name: string;
  namespaces: string[];
}

/**
 * Processes in a cgroup of a lab, and those in another network, mount or UTS namespace than this one that belong to
 * nobody else: a process that some other program on this machine has put into a namespace is that program's business.
 */
async function contained(exceptLabs: readonly string[]): Promise<Contained[]> {
  const own = new Set(await namespacesOf("self"));
  const found = new Map<number, Contained & { inLab: boolean; parent: number }>();
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const [cgroup, name, namespaces, { parent, isZombie }] = await Promise.all([
      readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => ""),
      readFile(`/proc/${pid}/comm`, "utf8").catch(() => ""),
      namespacesOf(pid),
      statusOf(Number(pid)),
    ]);
    // It has ended and holds nothing; when the first process takes note of that is not up to us.
    if (isZombie && parent === 1) continue;
    if (exceptLabs.some((lab) => new RegExp(`:/packetwalk-${lab}(/|$)`, "m").test(cgroup))) continue;
    // Zombies and kernel threads have no namespaces to see, or ours.
    const foreign = namespaces.filter((namespace) => !own.has(namespace));
    const inLab = /:\/packetwalk-/.test(cgroup);
    if (foreign.length > 0 || inLab) found.set(Number(pid), { name: name.trim(), namespaces: foreign, inLab, parent });
  }
  const ours = new Set([1, ...(await ancestorsOf(process.pid))]);
  const owner = (pid: number): number => {
    const parent = found.get(pid)?.parent;
    return parent === undefined ? pid : owner(parent);
  };
  return [...found].filter(([pid, { inLab }]) => inLab || ours.has(owner(pid))).map(([, each]) => each);
}

async function statusOf(pid: number): Promise<{ parent: number; isZombie: boolean }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return { parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 1), isZombie: /^State:\s*Z/m.test(status) };
}

/** The process itself, its parent and so on, but for the first process, which adopts everybody. */
async function ancestorsOf(pid: number): Promise<number[]> {
  return pid <= 1 ? [] : [pid, ...(await ancestorsOf((await statusOf(pid)).parent))];
}

async function namespacesOf(pid: string): Promise<string[]> {
  const links = ["net", "mnt", "uts"].map((kind) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => ""));
  return (await Promise.all(links)).filter((link) => link !== "");
}

/** Top groups of every hierarchy: what is below one goes with it. */
async function cgroupDirectories(exceptLabs: readonly string[]): Promise<string[]> {
  const mounts = (await linesOf("/proc/self/mounts")).map((line) => line.split(" "));
  const roots = unique(mounts.filter((fields) => fields[2]?.startsWith("cgroup")).flatMap((fields) => fields[1] ?? []));
  const groups = await Promise.all(
    roots.map(async (root) =>
      (await readdir(root, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(root, name)),
    ),
  );
  return groups
    .flat()
    .filter((path) => !exceptLabs.some((lab) => path.endsWith(`/packetwalk-${lab}`)))
    .sort();
}

/** Every sysctl of the machine's own namespaces that does not change by itself. */
async function sysctlValues(): Promise<string[]> {
  const volatile =
    /^(fs\.(dentry-state|file-nr|inode-nr|inode-state|quota\.|aio-nr|epoll)|kernel\.(random\.|ns_last_pid|pty\.nr|sched_domain|perf_event_max_sample_rate)|net\.netfilter\.nf_conntrack_count|vm\.stat_refresh|net\.core\.bpf_)/;
  // A setting of one interface comes and goes with the interface.
  const ofInterface = /^net\.ipv[46]\.(conf|neigh)\.(?!all\.|default\.)/;
  return (await output("sysctl", "-a")).filter((line) => !volatile.test(line) && !ofInterface.test(line)).sort();
}

async function output(file: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await execa(file, args, { reject: false, env: { LC_ALL: "C" } });
  return (stdout ?? "").split("\n").filter((line) => line !== "");
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
}

async function entries(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).map((name) => join(directory, name));
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}
