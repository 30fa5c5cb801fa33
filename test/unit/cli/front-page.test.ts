import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearFrontPage, writtenFrontPage } from "../../../runner/cli/front-page.ts";
import { resultsFolder } from "../../../runner/cli/results-folder.ts";
import type { Finished } from "../../../runner/cli/run-suite.ts";
import { EnvironmentError, Interrupted, InvalidRunError } from "../../../runner/errors.ts";
import type { Result } from "../../../runner/result/result.ts";
import { CASES, reportOf } from "../reports/cases.ts";
import { fixture } from "../reports/fixture.ts";

const FILES = ["index.html", "junit.xml", "report.md"];
const SUITES = ["connection-flood", "dns-storm"];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-front-page-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function finished(result: Result = fixture(), unwritten: string | null = null): Finished {
  return { result, report: reportOf(result), files: [], unwritten };
}

const dns = finished(CASES.dns);

test("is written when all suites have their result, and leads to each one's page", async () => {
  const files = await writtenFrontPage(folder, { suites: SUITES, finished: [finished(), dns], errors: [] });
  expect(files).toEqual(["index.html", "report.md", "junit.xml"].map((name) => join(folder, name)));
  expect(readdirSync(folder).sort()).toEqual(FILES);
  const page = readFileSync(join(folder, "index.html"), "utf8");
  for (const suite of SUITES) expect(page).toContain(`href="${suite}/report.html"`);
  expect(readFileSync(join(folder, "report.md"), "utf8")).toContain("### dns-storm");
  expect(readFileSync(join(folder, "junit.xml"), "utf8").match(/<testsuite /g)).toHaveLength(2);
});

test("names a suite whose question did not arise, and is no pass then", async () => {
  const errors = [new InvalidRunError("no way to the Service")];
  await writtenFrontPage(folder, { suites: SUITES, finished: [finished()], errors });
  const page = readFileSync(join(folder, "index.html"), "utf8");
  expect(page).toContain('data-verdict="invalid"');
  expect(page).toContain('data-suite="dns-storm"');
  expect(page).not.toContain('href="dns-storm/');
});

test.each<[string, Finished[], unknown[]]>([
  ["that was interrupted", [finished()], [new Interrupted()]],
  ["that broke off", [finished()], [new EnvironmentError("the API server is gone")]],
  ["of which a result is not on disk", [finished(fixture(), "the disk is full"), dns], []],
  ["without any result", [], [new InvalidRunError("no way"), new InvalidRunError("no way")]],
])("a run %s has none", async (_, done, errors) => {
  expect(await writtenFrontPage(folder, { suites: SUITES, finished: done, errors })).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("one suite has its own page only", async () => {
  expect(await writtenFrontPage(folder, { suites: ["connection-flood"], finished: [finished()], errors: [] })).toEqual(
    [],
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("what can't be written is one sentence, and there is no page that leads to half of it", async () => {
  mkdirSync(join(folder, "junit.xml"));
  const failed = writtenFrontPage(folder, { suites: SUITES, finished: [finished(), dns], errors: [] });
  await expect(failed).rejects.toThrow(/junit\.xml: a folder is in the way\.$/);
  await expect(failed).rejects.toBeInstanceOf(EnvironmentError);
  expect(readdirSync(folder).sort()).toEqual(["junit.xml", "report.md"]);
  expect(() => clearFrontPage(folder)).toThrow(EnvironmentError);
});

test("is gone as soon as a run goes on or begins anew", () => {
  const write = () => {
    for (const name of FILES) writeFileSync(join(folder, name), "of before");
  };
  write();
  clearFrontPage(folder);
  expect(readdirSync(folder)).toEqual([]);
  write();
  resultsFolder(folder).close();
  expect(existsSync(join(folder, "index.html"))).toBe(false);
});
