import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { LabError } from "../types.ts";

/** Measured on Kubernetes 1.34: six each of API server and controller manager. */
const OF_CONTROL_PLANE = 12;
/** And six of the kubelet, one each of containerd and kube-proxy. */
const OF_NODE = 8;

/**
 * The kernel gives each user so many instances of inotify, and most components of a lab end with "too many open files"
 * without theirs: with 128, as many machines have it, there is room for four labs.
 */
export async function demandInotify(nodes: number): Promise<void> {
  const text = await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8").catch(() => undefined);
  if (text === undefined) return;
  const said = tooFewInstances({ nodes, limit: Number(text), used: await usedByUs() });
  if (said !== undefined) throw new LabError(said);
}

/** Pure: what to say where a lab would not get what it needs. */
export function tooFewInstances(of: { nodes: number; limit: number; used: number }): string | undefined {
  const needed = OF_CONTROL_PLANE + of.nodes * OF_NODE;
  const left = Math.max(0, of.limit - of.used);
  if (left >= needed) return undefined;
  return `a lab of ${of.nodes} ${of.nodes === 1 ? "node" : "nodes"} needs ${needed} instances of inotify, and ${left} of this user's ${of.limit} are left: take another lab down, or allow more (sysctl fs.inotify.max_user_instances)`;
}

async function usedByUs(): Promise<number> {
  const uid = process.getuid?.();
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const counts = await Promise.all(
    pids.map(async (pid) => {
      const owner = await stat(`/proc/${pid}`).catch(() => undefined);
      return owner?.uid === uid ? instancesOf(pid) : 0;
    }),
  );
  return counts.reduce((sum, each) => sum + each, 0);
}

async function instancesOf(pid: string): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => "")));
  return targets.filter((target) => target.includes("inotify")).length;
}
