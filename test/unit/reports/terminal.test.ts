import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { renderTerminal, renderTerminalAll } from "../../../reports/index.ts";
import { blockWords } from "../../../reports/terminal/block-words.ts";
import { columns } from "../../../reports/terminal/text.ts";
import { formatCount } from "../../../reports/view/format.ts";
import { adviceWords, runWhy } from "../../../reports/words/run.ts";
import { sayOf } from "../../../reports/words/say.ts";
import { printable } from "../../../runner/printable.ts";
import type { Result } from "../../../runner/result/result.ts";
import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { voided } from "../analysis/blocks.ts";
import { CASES, reportOf } from "./cases.ts";
import { emptyResult, fixture, hardResult } from "./fixture.ts";
import { onWorkload } from "./workload.ts";

const ESCAPE = "\u001b";
const PLAIN = { colour: false, width: 100 } as const;

describe.each(Object.entries(CASES))("%s", (_, result) => {
  const report = reportOf(result);
  const text = renderTerminal(result, report, PLAIN);

  test("the verdict stands within the first lines", () => {
    expect(text.split("\n").slice(0, 8).join("\n")).toContain(result.verdict.toUpperCase());
  });

  test("without colour there is no escape sequence", () => {
    expect(text).not.toContain(ESCAPE);
  });

  test("colour changes nothing but colour", () => {
    const coloured = renderTerminal(result, report, { ...PLAIN, colour: true });
    expect(coloured).toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(text);
  });

  test("each piece of advice and the reason are there", () => {
    const words = text.replace(/\s+/g, " ");
    expect(words).toContain(
      printable(runWhy(result, sayOf(report)))
        .split(/\s+/)
        .slice(-3)
        .join(" "),
    );
    for (const advice of [...result.advice.map(adviceWords), ...report.advice(result)]) expect(words).toContain(advice);
  });

  test("never says NaN, undefined or null", () => {
    expect(text).not.toMatch(/NaN|undefined|\bnull\b|Infinity|\[object/);
  });
});

test("the usual case fits a screen of 45 lines, with its files", () => {
  const files = ["packetwalk-results/connection-flood/report.html", "packetwalk-results/connection-flood/result.json"];
  const lines = renderTerminal(fixture(), floodReport, { ...PLAIN, files })
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeLessThanOrEqual(45);
  expect(lines.slice(-2).map((line) => line.trim().split(" ").at(-1))).toEqual(files);
});

test.each([80, 100, 110])("lines fit %i columns", (width) => {
  for (const line of renderTerminal(fixture(), floodReport, { colour: false, width }).split("\n"))
    expect(columns(line)).toBeLessThanOrEqual(width);
});

test("lines fit as well when the words are Japanese, and when they are coloured", () => {
  const base = fixture();
  const [success, ...others] = base.metrics;
  if (success?.state !== "settled") throw new Error("a settled metric expected");
  const why = { kind: "moved-with" as const, mechanism: "接続が切れた。".repeat(20) };
  const result = fixture({
    question: "決済サービスは 🚀 持ちこたえるか ".repeat(9),
    metrics: [{ ...success, why }, ...others],
  });
  expect(renderTerminal(result, floodReport, PLAIN)).toContain("接続が切れた。接続が切れた。");
  for (const colour of [false, true])
    for (const line of renderTerminal(result, floodReport, { colour, width: 80 }).split("\n"))
      expect(columns(line)).toBeLessThanOrEqual(80);
});

test("absurd names are clipped, and text from a cluster can't steer the terminal", () => {
  const text = renderTerminal(hardResult(), floodReport, PLAIN);
  expect(text).toContain("…");
  expect(text).toContain("<script>");
  expect(text).not.toContain(ESCAPE);
});

test("what never arrived says what was found instead", () => {
  expect(renderTerminal(fixture(), floodReport, PLAIN)).toMatch(
    /✗ never arrived\s+net\.ipv4\.tcp_fin_timeout = 15\s+pod web-7d9c has 60/,
  );
});

test("what was refused, and could be read nowhere, says why", () => {
  const [first] = fixture().tunings;
  if (!first) throw new Error("a tuning expected");
  const failed = { where: "node-1", because: "EACCES: read-only" };
  const refused = { ...first, setting: "a = 1", arrival: "refused" as const, failed, readBacks: [] };
  expect(renderTerminal(fixture({ tunings: [refused] }), floodReport, PLAIN)).toMatch(
    /! refused\s+a = 1\s+on node-1 the write failed: EACCES: read-only/,
  );
});

describe("a block, for whoever watches", () => {
  const [block] = fixture().arms[0].blocks;
  if (!block) throw new Error("a block expected");

  test("in half a line, with what its suite adds", () => {
    const drops = formatCount(block.conntrack.at(-1)?.drops ?? 0);
    const { ok } = block.outcomes;
    expect(blockWords(block, floodReport)).toBe(
      `${formatCount(ok)} ok, ${formatCount(24_000 - ok)} failed, ${drops} packets dropped by conntrack, p99 4 s`,
    );
    expect(blockWords(block, { blockLine: () => "" })).toMatch(/ failed, p99 4 s$/);
  });

  test("and why it does not count", () => {
    expect(blockWords(voided(block, { kind: "not-sent", requests: 3 }), floodReport)).toMatch(
      /; INVALID: the generator could not send 3 requests$/,
    );
  });
});

test("a run without a valid block claims nothing about packets, and says why it is invalid", () => {
  const text = renderTerminal(emptyResult(), floodReport, PLAIN);
  expect(text).not.toContain("No request failed");
  expect(text).toContain("11 blocks of 11 invalid");
});

test("several results end with a line for each", () => {
  const other = fixture({ suite: "dns-storm", verdict: "inconclusive" });
  const item = { result: fixture(), report: floodReport };
  const text = renderTerminalAll([item, { result: other, report: floodReport, files: ["x.json"] }], PLAIN);
  expect(text.trimEnd().split("\n").slice(-3)[0]).toBe("In all");
  expect(text).toMatch(/connection-flood {2}✓ improved/);
  expect(text).toMatch(/dns-storm +\? inconclusive/);
  expect(renderTerminalAll([item], PLAIN)).toBe(renderTerminal(fixture(), floodReport, PLAIN));
});

describe("a workload of the user's", () => {
  const textOf = (result: Result) => renderTerminal(result, reportOf(result), PLAIN).replace(/\s+/g, " ");

  test("is told with what came to its pods, why not, and how it was left", () => {
    const text = textOf(onWorkload(fixture()));
    expect(text).toContain("On your own workload: Deployment shop/web, container app");
    expect(text).toMatch(/✓ arrived lifecycle\.preStop\.sleep\.seconds = 10 2 pods’ specs/);
    expect(text).toMatch(/! refused net\.ipv4\.tcp_fastopen = 3 SysctlForbidden/);
    expect(text).toContain("and rolled back. It is as it was before. No load went to it.");
    expect(textOf(fixture())).not.toContain("On your own workload");
  });

  test("that is not as before is told with the fields", () => {
    const text = textOf(onWorkload(fixture(), { differs: ["spec.replicas"] }));
    expect(text).toContain("It is not as it was before in spec.replicas");
  });
});
