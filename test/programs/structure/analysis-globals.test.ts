import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { laid } from "./tree.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const FETCH = 'export const page = () => fetch("http://10.0.0.1/");\n';

test("analysis does no I/O by what needs no import either", async () => {
  const root = laid({
    "biome.json": readFileSync(fromRoot("biome.json"), "utf8"),
    "runner/analysis/holm.ts": FETCH,
    "suites/storm/analysis/causes.ts": "export const home = () => process.env.HOME;\n",
    "suites/storm/analysis/words.ts": "export const said = (process: string) => process;\n",
    "runner/cluster/cluster.ts": FETCH,
  });
  const lint = promisify(execFile)(
    fromRoot("node_modules/.bin/biome"),
    ["lint", "--vcs-enabled=false", "--reporter=github", "."],
    { cwd: root },
  );
  const { stdout } = await lint.catch((error: { stdout: string }) => error);
  const found = [...stdout.matchAll(/title=lint\/style\/(\w+),file=([^,]+)/g)].map(
    ([, rule, path = ""]) => `${rule} ${path.slice(path.search(/runner|suites/))}`,
  );
  expect(found.sort()).toEqual([
    "noRestrictedGlobals runner/analysis/holm.ts",
    "noRestrictedGlobals suites/storm/analysis/causes.ts",
  ]);
});
