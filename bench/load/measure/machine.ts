import { readFile } from "node:fs/promises";

/** Linux gives times to programs in hundredths of a second, whatever its own clock (man 5 proc, USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time that the whole machine has spent working since it started, and that was stolen from it. */
export async function busySeconds(): Promise<number> {
  return parseBusySeconds(await readFile("/proc/stat", "utf8"));
}

/** @param stat the text of /proc/stat, whose first line is "cpu user nice system idle iowait irq softirq steal …" */
export function parseBusySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (stat.split("\n")[0] ?? "")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}
