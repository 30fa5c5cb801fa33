import { readFile } from "node:fs/promises";
import { command } from "./command.ts";

/** Pure: the mount points in the text of /proc/self/mountinfo, in the order of mounting. */
export function parseMountPoints(mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .map((line) => line.split(" ")[4])
    .filter((path) => path !== undefined)
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}

export async function mountPoints(): Promise<string[]> {
  return parseMountPoints(await readFile("/proc/self/mountinfo", "utf8"));
}

/** Unmounts everything below a directory, last mounted first. */
export async function unmountBelow(directory: string): Promise<void> {
  const below = (await mountPoints()).filter((path) => path === directory || path.startsWith(`${directory}/`));
  for (const path of below.reverse()) await command("umount", ["--lazy", path]).catch(() => {});
}
