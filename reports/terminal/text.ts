/** Fitting text into columns of a terminal. */
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { printable } from "../../runner/printable.ts";

/** Columns that a text takes up: two for 語 or an emoji, none for a colour. */
export function columns(text: string): number {
  return stringWidth(text);
}

export function clip(text: string, width: number): string {
  const clean = printable(text);
  return columns(clean) <= width ? clean : `${beginning(clean, width - 1)}…`;
}

const characters = new Intl.Segmenter("en");

/** As many whole characters, accents and flags included, as fit. */
function beginning(text: string, width: number): string {
  let kept = "";
  for (const { segment } of characters.segment(text)) {
    if (columns(kept + segment) > width) break;
    kept += segment;
  }
  return kept;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** Wraps at spaces; a word longer than the line begins one of its own, and is broken. */
export function wrap(text: string, width: number): readonly string[] {
  const words = printable(text)
    .split(/\s+/)
    .map((word) => (columns(word) > width ? `\n${wrapAnsi(word, width, { hard: true })}` : word));
  return wrapAnsi(words.join(" "), width)
    .split("\n")
    .filter((line) => line !== "");
}

/** A paragraph behind a label: the label in its own column, the text wrapped beside it. */
export function labelled(label: string, text: string, labelWidth: number, width: number): readonly string[] {
  return wrap(text, width - labelWidth).map((line, i) => padEnd(i === 0 ? label : "", labelWidth) + line);
}
