import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";

const HOOK = fileURLToPath(new URL("loaded.mjs", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-loads-"));
  // Compiles what a clone may still have to compile.
  await packetwalk(["--version"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packages that a command loads, and its exit code. */
async function packagesOf(args: string[]): Promise<{ readonly code: number | null; readonly packages: string[] }> {
  const log = join(folder, "loaded");
  writeFileSync(log, "");
  const env = { LOADED: log, NODE_OPTIONS: `--import ${HOOK}`, XDG_STATE_HOME: join(folder, "state") };
  const { code } = await packetwalk(args, { env });
  const urls = readFileSync(log, "utf8").trimEnd().split("\n");
  expect(urls.some((url) => url.endsWith("/dist/runner/cli/main.js"))).toBe(true);
  const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  return { code, packages: [...new Set(packages)] };
}

test.each([
  ["help", ["--help"], 0],
  ["a suite's help", ["compare", "dns-storm", "--help"], 0],
  ["help of the lab", ["lab", "up", "--help"], 0],
  ["help of the report", ["report", "--help"], 0],
  ["completion of an arm", ["__complete", "--", "compare", "dns-storm", "--tuned", "re"], 0],
  ["completion of an option", ["__complete", "--", "compare", "--q"], 0],
  ["an unknown format", ["report", ".", "--format", "pdf"], 4],
  ["an unknown command", ["explode"], 4],
  ["an unknown suite", ["compare", "conection-flood"], 4],
  ["an unknown arm", ["compare", "rolling-update", "--tuned", "magic"], 4],
  ["a malformed option", ["compare", "dns-storm", "--depth", "deep"], 4],
  ["a kubeconfig that is not there", ["compare", "saturation", "--kubeconfig", "/no/such/file"], 4],
])("%s needs the command line's parser and no other package", async (_what, args, code) => {
  expect(await packagesOf(args)).toEqual({ code, packages: ["commander"] });
});

test("what does more loads more", async () => {
  const { packages } = await packagesOf(["judge", "/no/such/file"]);
  expect(packages).toContain("zod");
});
