import type { LineFault } from "./fault.ts";
import type { Decimal } from "./options.ts";
import type { Row } from "./table.ts";

/** How exports write that there is no value. */
const NOTHING = new Set(["", "-", "null", "nan", "n/a", "undefined"]);

/** Blanks of all widths, and the apostrophe of Switzerland: they stand between thousands and mean nothing. */
const BLANKS = /[\s\u00A0\u2009\u202F'’]/g;

const DIGITS = /^[+-]?(\d+([.,]\d+)*|[.,]\d+)(e[+-]?\d+)?$/i;

export function isNothing(cell: string): boolean {
  return NOTHING.has(cell.toLowerCase());
}

export function looksLikeNumber(cell: string): boolean {
  return DIGITS.test(cell.replace(BLANKS, ""));
}

/**
 * A column's numbers; null where its cell has none.
 * @param decimal the user's word for it; else the column itself has to show it
 * @throws UsageError with file and line
 */
export function numbersOf(
  rows: readonly Row[],
  column: number,
  read: { readonly separator: string; readonly decimal: Decimal | undefined; readonly fault: LineFault },
): (number | null)[] {
  const cells = rows.map(({ cells, line }) => ({ line, text: cells[column] ?? "" }));
  const written = cells.filter(({ text }) => !isNothing(text));
  for (const { line, text } of written) {
    if (looksLikeNumber(text)) continue;
    throw read.fault(line, `"${text}" is not a number of requests; export plain numbers, without units`);
  }
  const decimal = read.decimal ?? decimalOf(written, read);
  return cells.map(({ line, text }) => (isNothing(text) ? null : numberOf(text, line, decimal, read.fault)));
}

function numberOf(text: string, line: number, decimal: Decimal, fault: LineFault): number {
  const bare = text.replace(BLANKS, "");
  const other = decimal === "." ? "," : ".";
  const [whole = "", fraction = "", ...more] = bare.split(decimal);
  const groups = whole.replace(/^[+-]/, "").split(other);
  const wellGrouped = groups.every((group, index) => (index === 0 ? /^\d{0,3}$/ : /^\d{3}$/).test(group));
  if (more.length > 0 || fraction.includes(other) || (groups.length > 1 && !wellGrouped))
    throw fault(line, `"${text}" is not a number where "${decimal}" is the decimal sign; write all of them alike`);
  const value = Number(bare.replaceAll(other, "").replace(decimal, "."));
  if (!Number.isFinite(value)) throw fault(line, `"${text}" is not a number that can be counted with`);
  if (value < 0) throw fault(line, `${text} is below zero, and requests can't be; take the row out, or mend the query`);
  return value;
}

/** By what only one of the two can be: twice in a number it parts thousands; before other than three digits it is decimal. */
function decimalOf(
  written: ReadonlyArray<{ readonly line: number; readonly text: string }>,
  { separator, fault }: { readonly separator: string; readonly fault: LineFault },
): Decimal {
  for (const { text } of written) {
    const shown = shownBy(text.replace(BLANKS, ""));
    if (shown) return shown;
  }
  const unclear = written.find(({ text }) => text.includes(",") || (text.includes(".") && separator !== ","));
  if (!unclear) return ".";
  const otherwise = unclear.text.includes(",")
    ? ["begins a fraction", "parts thousands"]
    : ["parts thousands", "begins a fraction"];
  throw fault(
    unclear.line,
    `"${unclear.text}" can be read in two ways; write decimal: "," if its sign ${otherwise[0]}, decimal: "." if it ${otherwise[1]}`,
  );
}

function shownBy(number: string): Decimal | undefined {
  const mantissa = number.replace(/^[+-]/, "").replace(/e.*$/i, "");
  const signs = mantissa.replace(/\d/g, "");
  if (signs === "") return undefined;
  const last = signs.endsWith(",") ? "," : ".";
  const other = last === "," ? "." : ",";
  if (signs.length > 1) return new Set(signs).size === 1 ? other : last;
  const [whole = "", after = ""] = mantissa.split(last);
  const canBeThousands = after.length === 3 && whole.length <= 3 && whole !== "" && !whole.startsWith("0");
  return canBeThousands ? undefined : last;
}
