import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ReportWriteError, writeReports } from "../../../reports/index.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { fixture } from "./fixture.ts";

const WRITTEN = ["junit.xml", "report.html", "report.md", "result.json"];

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "packetwalk-write-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("writes its files into a new folder, and the JSON reads back as the same result", async () => {
  const dir = join(folder, "a", "b");
  const files = await writeReports(fixture(), floodReport, dir);
  expect(files).toEqual({
    json: join(dir, "result.json"),
    html: join(dir, "report.html"),
    markdown: join(dir, "report.md"),
    junit: join(dir, "junit.xml"),
  });
  expect((await readdir(dir)).sort()).toEqual(WRITTEN);
  const schema = resultSchema("connection-flood", FLOOD_EVIDENCE);
  expect(schema.parse(JSON.parse(await readFile(files.json, "utf8")))).toEqual(fixture());
  expect(await readFile(files.html, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(await readFile(files.markdown, "utf8")).toMatch(/^\*\*✓ IMPROVED\. In connection-flood, /);
  expect(await readFile(files.junit, "utf8")).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /);
});

test("replaces an older result whole", async () => {
  await writeReports(fixture(), floodReport, folder);
  await writeReports(fixture({ seed: 8 }), floodReport, folder);
  expect(JSON.parse(await readFile(join(folder, "result.json"), "utf8")).seed).toBe(8);
  expect((await readdir(folder)).sort()).toEqual(WRITTEN);
});

test("a path through a file is one clear sentence", async () => {
  await writeFile(join(folder, "file"), "");
  const error = await writeReports(fixture(), floodReport, join(folder, "file", "out")).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ReportWriteError);
  expect(String(error)).toContain(`Can't write ${join(folder, "file", "out")}: a part of the path is a file`);
});

test("a folder in the way is one clear sentence, and no temporary file stays", async () => {
  await mkdir(join(folder, "result.json"));
  await expect(writeReports(fixture(), floodReport, folder)).rejects.toThrow(/result\.json: a folder is in the way\.$/);
  expect(await readdir(folder)).toEqual(["result.json"]);
});
