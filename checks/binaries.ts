import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Violation } from "./violation.ts";

/** No binary is committed: what needs one builds it. A folder that is not a repository has no files that are. */
export function committedBinaries(root: string): Violation[] {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
  if (status !== 0) return [];
  return stdout
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(root, path)) && isBinary(join(root, path)))
    .map((path) => ({
      rule: "no-binary",
      sentence: `${path} is not text: git rm it, and build or install what it was for`,
    }));
}

/** As git tells one: there is a NUL byte in it. */
function isBinary(path: string): boolean {
  return readFileSync(path).includes(0);
}
