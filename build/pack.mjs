// @ts-check
/** `npm pack` runs it: dist/ up to date, and the programs that run in pods, so that whoever installs the package needs no Go. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile, DIST, PACKED } from "./compile.mjs";

/** @param {string} line */
const say = (line) => process.stderr.write(`packetwalk: ${line}\n`);

await compile(say);
/** @type {typeof import("../runner/programs/made.ts")} */
const { madePrograms } = await import(pathToFileURL(join(DIST, "runner/programs/made.js")).href);
const folder = join(DIST, PACKED);
mkdirSync(folder, { recursive: true });
/** @type {Record<string, string>} */
const sums = {};
for await (const { file, program } of madePrograms(say)) {
  copyFileSync(program.path, join(folder, file));
  sums[file] = program.sha256;
}
// Last: without it none of the files counts.
writeFileSync(join(folder, "sha256.json"), `${JSON.stringify(sums, null, 2)}\n`);
