import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keptOrSaid, resultsFolder, resumedFolder } from "../../../runner/cli/results-folder.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { parseBlocks } from "../../../runner/result/blocks-document.ts";
import type { KeptRun, SoFar } from "../../../runner/result/kept-run.ts";
import type { Result } from "../../../runner/result/result.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const RESULT: Result = JSON.parse(
  readFileSync(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
);
const SO_FAR: SoFar = { ...RESULT, asked: {}, resumable: { keptAt: RESULT.finishedAt, settings: [[], []] } };
const TIMELINE = { arm: "baseline", round: 1, worker: 0, timeline: '{"n":1}' };

/** Of a result, the page first. */
const WRITTEN = ["report.html", "result.json", "report.md", "junit.xml"];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-results-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("blocks", () => {
  test("are on disk as they are measured, for the judge to read, until there is a result", async () => {
    const results = resultsFolder(folder);
    await results.keep(SO_FAR);
    const { evidence } = await connectionFlood.judging();
    const kept = parseBlocks(JSON.parse(readFileSync(join(folder, "blocks.json"), "utf8")), evidence);
    expect(kept.arms.map(({ blocks }) => blocks.length)).toEqual(RESULT.arms.map(({ blocks }) => blocks.length));
    const files = await results.write(RESULT, await connectionFlood.report());
    expect(files).toEqual(WRITTEN.map((name) => join(folder, name)));
    expect(readdirSync(folder).sort()).toEqual([...WRITTEN].sort());
  });

  test("that the disk does not take are said to be missing, once, and the run goes on", async () => {
    const results = resultsFolder(folder);
    rmSync(folder, { recursive: true });
    const said: string[] = [];
    const keep = keptOrSaid(results, (sentence) => said.push(sentence));
    await keep(SO_FAR);
    await keep(SO_FAR);
    expect(said).toEqual([
      expect.stringMatching(/^Blocks are not kept on disk while the run goes on: Can't write .+\.$/),
    ]);
  });
});

describe("a folder that holds another run", () => {
  test("keeps all of it, in a folder of its own", async () => {
    const first = resultsFolder(folder);
    first.onTimeline(TIMELINE);
    first.close();
    await first.write(RESULT, await connectionFlood.report());
    const before = readFileSync(join(folder, "result.json"), "utf8");

    const second = resultsFolder(folder);
    expect(readdirSync(folder)).toEqual(["earlier"]);
    await second.keep(SO_FAR);
    const third = resultsFolder(folder);
    third.close();
    const [one = "", two = "", ...others] = readdirSync(join(folder, "earlier")).sort();
    expect(others).toEqual([]);
    expect(readdirSync(join(folder, "earlier", one)).sort()).toEqual([...WRITTEN, "timelines.jsonl"].sort());
    expect(readFileSync(join(folder, "earlier", one, "result.json"), "utf8")).toBe(before);
    // An interrupted one is kept as well.
    expect(readdirSync(join(folder, "earlier", two))).toEqual(["blocks.json"]);
  });

  test("holds other people's files as before", () => {
    writeFileSync(join(folder, "notes.txt"), "mine");
    resultsFolder(folder);
    expect(readdirSync(folder)).toEqual(["notes.txt"]);
  });
});

describe("a folder in which a run goes on", () => {
  const timelines = () => readFileSync(join(folder, "timelines.jsonl"), "utf8");

  test("keeps what is in it, but for the timelines of the block that was cut short", async () => {
    const first = resultsFolder(folder);
    first.onTimeline(TIMELINE);
    await first.keep(SO_FAR);
    const whole = timelines();
    first.onTimeline({ ...TIMELINE, arm: "cut-short" });
    first.close();
    const kept: KeptRun = JSON.parse(readFileSync(join(folder, "blocks.json"), "utf8"));

    const second = resumedFolder(folder, kept);
    expect(timelines(), "until something is written").not.toBe(whole);
    second.onTimeline({ ...TIMELINE, arm: "after" });
    expect(timelines()).toBe(`${whole}${whole.replace("baseline", "after")}`);
    await second.keep(SO_FAR);
    second.close();
    expect(readdirSync(folder).sort()).toEqual(["blocks.json", "timelines.jsonl"]);
    expect(JSON.parse(readFileSync(join(folder, "blocks.json"), "utf8")).timelinesBytes).toBe(timelines().length);
  });

  test("drops them also where no further block is run, or none had ended", async () => {
    const first = resultsFolder(folder);
    first.onTimeline(TIMELINE);
    first.close();
    const files = await resumedFolder(folder, null).write(RESULT, await connectionFlood.report());
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual(WRITTEN);
    expect(readdirSync(folder).sort()).toEqual([...WRITTEN].sort());
  });
});

test("a folder that can't be made is one sentence", () => {
  const inTheWay = join(folder, "file");
  writeFileSync(inTheWay, "");
  expect(() => resultsFolder(join(inTheWay, "out"))).toThrow(EnvironmentError);
  expect(existsSync(join(inTheWay, "out"))).toBe(false);
});
