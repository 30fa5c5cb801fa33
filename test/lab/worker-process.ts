import { readdirSync, readFileSync } from "node:fs";

/** The process of a worker on this machine, whose kernel all of a lab's nodes share. */
export function processOf(podUid: string, argument: string): number {
  const file = (pid: string, name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, "utf8");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  const pid = readdirSync("/proc").find(
    (name) =>
      /^\d+$/.test(name) &&
      file(name, "cgroup").includes(podUid) &&
      file(name, "cmdline").split("\0").includes(argument),
  );
  if (pid === undefined) throw new Error(`no process "${argument}" of pod ${podUid}`);
  return Number(pid);
}
