// @ts-check
/** `npm pack` runs it: dist/ up to date, and the programs that run in pods, so that whoever installs the package needs no Go. */
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
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
/**
 * Puts a file in its place whole: a packetwalk of this clone may be reading the one before.
 * @param {string} file
 * @param {(draft: string) => void} make
 */
function put(file, make) {
  const draft = join(folder, `${file}.new`);
  make(draft);
  renameSync(draft, join(folder, file));
}

/** @type {Record<string, string>} */
const sums = {};
for await (const { file, program } of madePrograms(say)) {
  put(file, (draft) => copyFileSync(program.path, draft));
  sums[file] = program.sha256;
}
// Last: without it none of the files counts.
put("sha256.json", (draft) => writeFileSync(draft, `${JSON.stringify(sums, null, 2)}\n`));
