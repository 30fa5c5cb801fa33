import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";

const RECORDED = fileURLToPath(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url));

let folder: string;
beforeAll(() => {
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
});

test("--out writes the file and nothing to stdout", async () => {
  const out = join(folder, "report.md");
  const ran = await packetwalk(["report", run(), "--format", "md", "--out", out]);
  expect(ran).toMatchObject({ code: 0, stdout: "", stderr: `written: ${out}\n` });
  expect(readFileSync(out, "utf8")).toMatch(/^\*\*/);
});

test.each([
  ["a folder in the way of the file", () => [run(), "--out", folder], 4, /--out \S+ is no file; name one/],
  ["a device", () => [run(), "--out", "/dev/null"], 4, /--out \/dev\/null is no file; name one/],
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
