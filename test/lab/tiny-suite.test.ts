import { appendFileSync, cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SHARED_LAB } from "./names.ts";
import { ONE_ROUND } from "./one-round.ts";
import { sharedLab } from "./shared-lab.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** All that packetwalk runs from. */
const SOURCES = [
  "bin",
  "build",
  "manifests",
  "package.json",
  "programs",
  "reports",
  "runner",
  "suites",
  "tsconfig.json",
];

const testing = sharedLab();
let folder: string;

beforeAll(async () => {
  ({ folder } = await testing.open());
});
afterAll(() => testing.leave());

/** packetwalk with a sixth suite: one folder and one line of the registry more, and no other file changed. */
function withTinySuite(): string {
  const root = join(folder, "packetwalk");
  for (const source of SOURCES) cpSync(join(ROOT, source), join(root, source), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  cpSync(join(ROOT, "test/tiny-suite"), join(root, "suites/tiny"), { recursive: true });
  appendFileSync(join(root, "suites/registry.ts"), 'export { tiny } from "./tiny/suite.ts";\n');
  return join(root, "bin/packetwalk");
}

test("a suite is one folder and one line: it runs, takes its own option, and draws its own section", async () => {
  const packetwalk = withTinySuite();
  const out = join(folder, "out");
  const help = await execa(packetwalk, ["compare", "tiny", "--help"]);
  expect(help.stdout).toContain("--greeting <word>");
  const bad = await execa(packetwalk, ["compare", "tiny", "--greeting", "two words"], { reject: false });
  expect([bad.exitCode, bad.stderr]).toEqual([4, expect.stringContaining('--greeting: "two words" is not one word')]);
  const args = ["compare", "tiny", "--greeting", "moin", ...ONE_ROUND, "--lab", SHARED_LAB, "--out", out];
  const ran = await execa(packetwalk, args, { reject: false });
  expect(ran.stdout, ran.stderr).toContain("The greeting is moin.");
  const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
  expect(result.suite).toBe("tiny");
  expect(result.evidence).toEqual({ greeting: "moin" });
  for (const { blocks } of result.arms) for (const block of blocks) expect(block.evidence.pods).toBeGreaterThan(0);
  const page = readFileSync(join(out, "report.html"), "utf8");
  expect(page).toContain('<h2 id="tiny-title">What tiny found</h2>');
  expect(page).toContain(".tiny { list-style: none; }");
});
