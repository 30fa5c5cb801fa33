import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";

const RECORDED = fileURLToPath(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url));

let folder: string;
beforeAll(async () => {
  // Compiles what a clone may still have to compile, and says so.
  await packetwalk(["--version"]);
  folder = mkdtempSync(join(tmpdir(), "packetwalk-report-"));
  mkdirSync(join(folder, "run"));
  cpSync(RECORDED, join(folder, "run", "result.json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = () => join(folder, "run");

test.each([
  ["md", /^\*\*[✓✗=?!] [A-Z]+\. In connection-flood, /],
  ["junit", /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="packetwalk" /],
  ["json", /^\{\n {2}"schemaVersion": 2,/],
  ["openmetrics", /^# TYPE packetwalk_run info\n[\s\S]*\n# EOF\n$/],
  ["k6", /^\{\n {4}"root_group": \{[\s\S]*"http_req_duration\{arm:tuned\}": \{\n {12}"avg": [\s\S]*\n\}\n$/],
  ["k6-data", /^\{\n {4}"root_group": \{[\s\S]*"http_req_duration\{arm:tuned\}": \{\n {12}"type": "trend",/],
  ["csv", /^suite,verdict,run_started,arm,role,round,/],
  ["html", /^<!doctype html>[\s\S]*<\/html>\n$/],
])("--format %s goes to stdout alone, and a report that was drawn is 0", async (format, begins) => {
  const ran = await packetwalk(["report", run(), "--format", format]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toMatch(begins);
  expect(ran.stderr).toBe("");
});

test("without a format it is what compare printed", async () => {
  const ran = await packetwalk(["report", run()]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain("What changed\n");
  expect(ran.stdout.trimEnd()).toMatch(/files \S+result\.json$/);
  expect(ran.stdout).not.toContain("report.md");
});

test("--out writes the file and nothing to stdout", async () => {
  const out = join(folder, "report.md");
  const ran = await packetwalk(["report", run(), "--format", "md", "--out", out]);
  expect(ran).toMatchObject({ code: 0, stdout: "", stderr: `written: ${out}\n` });
  expect(readFileSync(out, "utf8")).toMatch(/^\*\*/);
});

test("a suite of the run that has no result is told in each report, the one for a terminal included", async () => {
  const several = join(folder, "several");
  mkdirSync(join(several, "connection-flood"), { recursive: true });
  const result = JSON.parse(readFileSync(RECORDED, "utf8"));
  const asked = { suites: "connection-flood dns-storm" };
  writeFileSync(join(several, "connection-flood", "result.json"), JSON.stringify({ ...result, asked }));
  const terminal = await packetwalk(["report", several]);
  expect(terminal.stdout).toMatch(/\n {2}dns-storm was asked about in the same command, and has no result here\.\n$/);
  const junit = await packetwalk(["report", several, "--format", "junit"]);
  expect(junit.stdout).toContain('<testsuite name="dns-storm" tests="1" failures="0" errors="1" skipped="0">');
  const page = await packetwalk(["report", several, "--format", "html"]);
  expect(page.stdout).toContain('<a href="connection-flood/report.html">');
  expect([terminal.code, junit.code, page.code]).toEqual([0, 0, 0]);
});

test.each([
  ["a folder in the way of the file", () => [run(), "--out", folder], 4, /--out \S+ is not a file; name one/],
  ["a device", () => [run(), "--out", "/dev/null"], 4, /--out \/dev\/null is not a file; name one/],
  [
    "a file that can't be made",
    () => [run(), "--out", join(RECORDED, "x")],
    5,
    /Can't write .*: a part of the path is/,
  ],
  ["a folder without results", () => [join(folder, "..", "nowhere")], 4, /nowhere can't be read: ENOENT/],
])("%s is one sentence", async (_, args, code, sentence) => {
  const ran = await packetwalk(["report", ...args()]);
  expect(ran.stderr).toMatch(sentence);
  expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: "" });
});
