import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ReportWriteError } from "../../../reports/index.ts";
import { writeRehearsal } from "../../../reports/rehearsal/write.ts";
import { rehearsalFolder } from "../../../runner/cli/rehearsal-folder.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { rehearsal } from "../reports/rehearsal/rehearsal.ts";

const NAMES = ["rehearsal.html", "rehearsal.md", "rehearsal.json"];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-rehearsal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("page, Markdown and JSON go into a folder that is made for them; the JSON reads back as the same rehearsal", async () => {
  const out = join(folder, "new", "one");
  const files = await rehearsalFolder(out).write(rehearsal());
  expect(files).toEqual(NAMES.map((name) => join(out, name)));
  expect(readdirSync(out).sort()).toEqual([...NAMES].sort());
  expect(Rehearsal.parse(JSON.parse(readFileSync(join(out, "rehearsal.json"), "utf8")))).toEqual(rehearsal());
  expect(readFileSync(join(out, "rehearsal.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(readFileSync(join(out, "rehearsal.md"), "utf8")).toMatch(/^# ✓ GO: black-friday\n/);
});

test("an earlier rehearsal is kept, in a folder of its own", async () => {
  await rehearsalFolder(folder).write(rehearsal({ seed: 1 }));
  await rehearsalFolder(folder).write(rehearsal({ seed: 2 }), rehearsal({ seed: 1 }));
  const seedOf = (path: string) => JSON.parse(readFileSync(join(path, "rehearsal.json"), "utf8")).seed;
  const [when = ""] = readdirSync(join(folder, "earlier"));
  expect([seedOf(folder), seedOf(join(folder, "earlier", when))]).toEqual([2, 1]);
  expect(readFileSync(join(folder, "rehearsal.html"), "utf8")).toContain('id="against"');
});

test("a folder that can't be made is refused in one sentence, before anything runs", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => rehearsalFolder(join(folder, "file", "out"))).toThrow(EnvironmentError);
  expect(() => rehearsalFolder(join(folder, "file", "out"))).toThrow(/^--out .*\/file\/out can't be made: /);
});

test("what can't be written is told in one sentence, and no temporary file stays", async () => {
  mkdirSync(join(folder, "rehearsal.json"));
  const error = await writeRehearsal(folder, rehearsal()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ReportWriteError);
  expect(String(error)).toMatch(/rehearsal\.json: a folder is in the way\.$/);
  expect(readdirSync(folder)).toEqual(["rehearsal.json"]);
});
