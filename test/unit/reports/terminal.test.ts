import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { renderTerminal, renderTerminalAll } from "../../../reports/index.ts";
import { columns } from "../../../reports/terminal/text.ts";
import { CASES } from "./cases.ts";
import { emptyResult, fixture, hardResult } from "./fixture.ts";

const ESCAPE = "\u001b";
const PLAIN = { colour: false, width: 100 } as const;

describe.each(Object.entries(CASES))("%s", (_, result) => {
  const text = renderTerminal(result, PLAIN);

  test("the verdict stands within the first lines", () => {
    expect(text.split("\n").slice(0, 8).join("\n")).toContain(result.verdict.toUpperCase());
  });

  test("without colour there is no escape sequence", () => {
    expect(text).not.toContain(ESCAPE);
  });

  test("colour changes nothing but colour", () => {
    const coloured = renderTerminal(result, { ...PLAIN, colour: true });
    expect(coloured).toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(text);
  });

  test("each piece of advice and the reason are there", () => {
    const words = text.replace(/\s+/g, " ");
    expect(words).toContain(result.why.split(/\s+/).slice(-3).join(" "));
    for (const advice of result.advice) expect(words).toContain(advice);
  });

  test("never says NaN, undefined or null", () => {
    expect(text).not.toMatch(/NaN|undefined|\bnull\b|Infinity|\[object/);
  });
});

test("the usual case fits a screen of 45 lines, with its files", () => {
  const files = ["packetwalk-results/connection-flood/report.html", "packetwalk-results/connection-flood/result.json"];
  const lines = renderTerminal(fixture(), { ...PLAIN, files })
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeLessThanOrEqual(45);
  expect(lines.slice(-2).map((line) => line.trim().split(" ").at(-1))).toEqual(files);
});

test.each([80, 100, 110])("lines fit %i columns", (width) => {
  for (const line of renderTerminal(fixture(), { colour: false, width }).split("\n"))
    expect(columns(line)).toBeLessThanOrEqual(width);
});

test("lines fit as well when the words are Japanese, and when they are coloured", () => {
  const result = fixture({ question: "決済サービスは 🚀 持ちこたえるか ".repeat(9), why: "接続が切れた。".repeat(20) });
  for (const colour of [false, true])
    for (const line of renderTerminal(result, { colour, width: 80 }).split("\n"))
      expect(columns(line)).toBeLessThanOrEqual(80);
});

test("absurd names are clipped, and text from a cluster can't steer the terminal", () => {
  const text = renderTerminal(hardResult(), PLAIN);
  expect(text).toContain("…");
  expect(text).toContain("<script>");
  expect(text).not.toContain(ESCAPE);
});

test("what never arrived says what was found instead", () => {
  expect(renderTerminal(fixture(), PLAIN)).toMatch(
    /✗ never arrived\s+net\.ipv4\.tcp_fin_timeout = 15\s+pod web-7d9c has 60/,
  );
});

test("a run without a valid block claims nothing about packets, and says why it is invalid", () => {
  const text = renderTerminal(emptyResult(), PLAIN);
  expect(text).not.toContain("No request failed");
  expect(text).toContain("12 blocks of 12 invalid");
});

test("several results end with a line for each", () => {
  const other = fixture({ suite: "dns-storm", verdict: "inconclusive" });
  const text = renderTerminalAll([{ result: fixture() }, { result: other, files: ["x.json"] }], PLAIN);
  expect(text.trimEnd().split("\n").slice(-3)[0]).toBe("In all");
  expect(text).toMatch(/connection-flood {2}✓ improved/);
  expect(text).toMatch(/dns-storm +\? inconclusive/);
  expect(renderTerminalAll([{ result: fixture() }], PLAIN)).toBe(renderTerminal(fixture(), PLAIN));
});
