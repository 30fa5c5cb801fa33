import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resultsIn } from "../../../runner/cli/results-in.ts";
import { UsageError } from "../../../runner/errors.ts";
import type { Result } from "../../../runner/result/result.ts";
import { dnsResult } from "../suites/dns-storm/report/fixture.ts";

const FLOOD: Result = JSON.parse(
  readFileSync(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
);
const DNS = dnsResult();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-report-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, document: unknown): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

/** The sentence in which it is refused, without the folder's name. */
async function refused(path = folder): Promise<string> {
  const error: unknown = await resultsIn(path).catch((reason: unknown) => reason);
  if (!(error instanceof UsageError)) throw new Error(`a usage error expected, and not ${error}`);
  return error.message.replaceAll(folder, "DIR");
}

async function found(path = folder) {
  const { results, files, missing } = await resultsIn(path);
  return {
    suites: results.map(({ result }) => result.suite),
    files: files.map((file) => file.slice(folder.length + 1)),
    missing,
  };
}

describe("results", () => {
  test("are that of a folder, or the file itself, and whatever else was asked about is elsewhere", async () => {
    const file = write("result.json", { ...FLOOD, asked: { suites: "connection-flood dns-storm" } });
    const one = { suites: ["connection-flood"], files: ["result.json"], missing: [] };
    expect(await found()).toEqual(one);
    expect(await found(file)).toEqual(one);
    expect((await resultsIn(folder)).results[0]?.result.metrics).toEqual(FLOOD.metrics);
  });

  test("of several suites are in folders of their own; earlier ones are left alone", async () => {
    write("connection-flood/result.json", FLOOD);
    write("dns-storm/result.json", DNS);
    write("earlier/2026-01-01/result.json", FLOOD);
    write("connection-flood/earlier/2026-01-01/result.json", "{");
    expect(await found()).toEqual({
      suites: ["connection-flood", "dns-storm"],
      files: ["connection-flood/result.json", "dns-storm/result.json"],
      missing: [],
    });
  });

  test("that were asked about and are not there are missing", async () => {
    write("connection-flood/result.json", { ...FLOOD, asked: { suites: "connection-flood dns-storm saturation" } });
    write("dns-storm/blocks.json", {});
    expect((await found()).missing).toEqual(["dns-storm", "saturation"]);
  });
});

describe("a folder is refused in one sentence", () => {
  test("without any result", async () => {
    expect(await refused()).toMatch(/^DIR holds no result\.json, and neither does any folder in it; name the folder/);
    expect(await refused(join(folder, "nowhere"))).toMatch(/^DIR\/nowhere can't be read: ENOENT/);
  });

  test("whose run has not come to its end, with what can be done", async () => {
    write("dns-storm/blocks.json", {});
    expect(await refused()).toBe(
      "DIR/dns-storm holds blocks of a run that has not come to its end: go on with it by compare --resume DIR, or judge its blocks so far with judge DIR/dns-storm/blocks.json",
    );
  });

  test("with two results of one suite", async () => {
    write("monday/result.json", FLOOD);
    write("tuesday/result.json", FLOOD);
    expect(await refused()).toBe(
      "DIR holds several results of connection-flood, which are not of one run (DIR/tuesday/result.json is one of them); name the folder of one",
    );
  });

  test.each([
    ["{", /^DIR\/result\.json is not JSON: /],
    [{}, /^DIR\/result\.json: this is not a result of packetwalk/],
    [{ ...FLOOD, schemaVersion: 1 }, /: this result has schemaVersion 1, .* run the comparison again$/],
    [{ ...FLOOD, schemaVersion: 99 }, /: this result has schemaVersion 99, .* use a newer packetwalk$/],
    [{ ...FLOOD, suite: "tea" }, /: this is a result of suite "tea", which this packetwalk does not have$/],
    [{ ...FLOOD, seed: "one" }, /: this result is damaged: seed: /],
  ])("where its result can't be read", async (document, sentence) => {
    write("result.json", document);
    expect(await refused()).toMatch(sentence);
  });
});
