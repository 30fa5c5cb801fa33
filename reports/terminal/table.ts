/** A small table: columns as wide as their widest cell, flexible columns clipped so that a row fits the line. */
import { printable } from "../../runner/printable.ts";
import { clip, columns, padEnd, padStart } from "./text.ts";

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly align: "left" | "right";
  /** Gives way when the table is wider than the line. */
  readonly flexible?: boolean;
}

const GAP = 2;

/** No flexible column is clipped to less than this. */
const LEAST = 12;

/** Takes what is too much from the flexible columns, the last one first: the first says what a row is about. */
function fitted(shape: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  let excess = natural.reduce((total, n) => total + n + GAP, -GAP) - width;
  for (let i = widths.length - 1; i >= 0; i--) {
    const own = widths[i] ?? 0;
    const give = shape[i]?.flexible ? Math.max(0, Math.min(excess, own - LEAST)) : 0;
    widths[i] = own - give;
    excess -= give;
  }
  return widths;
}

export function tableLines(
  shape: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly string[] {
  const natural = shape.map((_, i) => Math.max(0, ...rows.map((row) => columns(printable(row[i]?.text ?? "")))));
  const widths = fitted(shape, natural, width);
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const own = widths[i] ?? 0;
        const text = clip(cell.text, own);
        return (shape[i]?.align === "right" ? padStart : padEnd)(cell.paint?.(text) ?? text, own);
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}
