/** Fitting plain text into columns of a terminal. */
import { printable } from "../view/words.ts";

/** Columns that a text takes up (all that packetwalk prints is one column a code point). */
export function columns(text: string): number {
  return [...text].length;
}

export function clip(text: string, width: number): string {
  const clean = [...printable(text)];
  return clean.length <= width ? clean.join("") : `${clean.slice(0, Math.max(0, width - 1)).join("")}…`;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** Wraps at spaces; a word longer than the line is broken. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of printable(text).split(/\s+/)) {
    while (columns(word) > width) {
      if (line) lines.push(line);
      line = "";
      lines.push([...word].slice(0, width).join(""));
      word = [...word].slice(width).join("");
    }
    if (line && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line && word ? `${line} ${word}` : line || word;
  }
  return line ? [...lines, line] : lines;
}

/** A paragraph behind a label: the label in its own column, the text wrapped beside it. */
export function labelled(label: string, text: string, labelWidth: number, width: number): readonly string[] {
  return wrap(text, width - labelWidth).map((line, i) => padEnd(i === 0 ? label : "", labelWidth) + line);
}
