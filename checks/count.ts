/** `npm run structure`: how large each suite is, and how much of it lies elsewhere. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruised } from "./cruise.ts";
import { reachOf } from "./reach.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { alone, unreached } = reachOf((await cruised(root)).modules);
for (const [suite, outside] of alone) {
  const files = readdirSync(join(root, "suites", suite), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const inside = `${files.length} files with ${lines(files)} lines in its folder`;
  const rest = `${outside.length} files with ${lines(outside.map((path) => join(root, path)))} lines outside`;
  console.log(`${suite}: ${inside}, ${rest} that no other suite, command or program reaches`);
  for (const path of outside) console.log(`  ${path}`);
}
if (unreached.length > 0) console.log("reached by nothing but tests and benchmarks, if at all:");
for (const path of unreached) console.log(`  ${path}`);

function lines(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + readFileSync(path, "utf8").split("\n").length - 1, 0);
}
