/** Columns of a terminal: what is wide, what is nothing, and what must not change for plain text. */
import { stripVTControlCharacters } from "node:util";
import picocolors from "picocolors";
import { describe, expect, it, test } from "vitest";
import { type Column, tableLines } from "../../../reports/terminal/table.ts";
import { clip, columns, labelled, padEnd, padStart, wrap } from "../../../reports/terminal/text.ts";

const { red } = picocolors.createColors(true);
const SERVICE = "決済サービス"; // "payment service": 6 characters, 12 columns
const FLAG = "🇩🇪"; // two code points, one character, two columns

test.each([
  ["checkout", 8],
  [SERVICE, 12],
  ["🚀", 2],
  [FLAG, 2],
  ["cafe\u0301", 4],
  [red("checkout"), 8],
  ["✓ ✗ … – · → ×", 13], // the signs of a report
])("%j takes up its columns", (text, width) => {
  expect(columns(text)).toBe(width);
});

describe("clip", () => {
  it("leaves alone what fits, and cuts plain text to the column", () => {
    expect(clip("checkout", 8)).toBe("checkout");
    expect(clip("checkout", 6)).toBe("check…");
  });

  it("never cuts through a wide character, a flag or an accent", () => {
    expect(clip(SERVICE, 12)).toBe(SERVICE);
    expect(clip(SERVICE, 6)).toBe("決済…");
    expect(clip(SERVICE, 5)).toBe("決済…");
    expect(clip(`a${FLAG}bc`, 3)).toBe("a…");
    expect(clip("cafe\u0301s", 5)).toBe("cafe\u0301s");
    expect(clip("cafe\u0301s!", 5)).toBe("cafe\u0301…");
  });
});

describe("wrap", () => {
  it("breaks plain text at spaces, and a word longer than the line on lines of its own", () => {
    expect(wrap("a rule  of the\nnode", 9)).toEqual(["a rule of", "the node"]);
    expect(wrap("see /var/log/pods now", 8)).toEqual(["see", "/var/log", "/pods", "now"]);
    expect(wrap("/var/log/pods", 8)).toEqual(["/var/log", "/pods"]);
    expect(wrap(" ", 8)).toEqual([]);
  });

  it("counts wide characters twice", () => {
    expect(wrap(`${SERVICE} 🚀 up`, 15)).toEqual([`${SERVICE} 🚀`, "up"]);
    expect(wrap(SERVICE, 7)).toEqual(["決済サ", "ービス"]);
  });
});

test("padding brings wide and coloured text to one width", () => {
  for (const text of ["up", "🚀", "決済", red("up")])
    for (const padded of [padEnd(text, 6), padStart(text, 6)]) expect(columns(padded)).toBe(6);
});

test("a label and its text stand in their columns", () => {
  expect(labelled("理由", "one two", 6, 10)).toEqual(["理由  one", "      two"]);
});

describe("tableLines", () => {
  const shape: readonly Column[] = [{ align: "left", flexible: true }, { align: "right" }];
  const cells = ["checkout", SERVICE, `${FLAG} 🚀`].map((text, i) => [{ text }, { text: `${10 ** i}` }]);

  it("aligns a column of plain, Japanese and emoji names", () => {
    expect(tableLines(shape, cells, 40)).toEqual(["checkout        1", "決済サービス   10", `${FLAG} 🚀         100`]);
  });

  it("places coloured cells as if they were plain, on either side", () => {
    const coloured = cells.map((row) => row.map((cell) => ({ ...cell, paint: red })));
    const lines = tableLines(shape, coloured, 40);
    expect(lines[0]).toBe(`${red("checkout")}        ${red("1")}`);
    expect(lines.map(stripVTControlCharacters)).toEqual(tableLines(shape, cells, 40));
  });

  it("clips wide names so that rows fit the line", () => {
    for (const line of tableLines(shape, [[{ text: SERVICE.repeat(3) }, { text: "1" }], ...cells], 20))
      expect(columns(line)).toBe(20);
  });

  it("makes room for what is printed: control characters from a cluster become spaces and steer nothing", () => {
    expect(tableLines(shape, [[{ text: "a\tb\u001b[31mc" }, { text: "1" }]], 40)).toEqual(["a b [31mc  1"]);
  });
});
