/** A small table: columns as wide as their widest cell, the one flexible column clipped so that a row fits the line. */
import { clip, columns } from "./text.ts";

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

export function tableLines(
  shape: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly string[] {
  const natural = shape.map((_, i) => Math.max(0, ...rows.map((row) => columns(row[i]?.text ?? ""))));
  const excess = natural.reduce((total, n) => total + n + GAP, -GAP) - width;
  const flexible = Math.max(1, shape.filter((column) => column.flexible).length);
  const widths = natural.map((n, i) =>
    shape[i]?.flexible && excess > 0 ? Math.max(6, n - Math.ceil(excess / flexible)) : n,
  );
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const text = clip(cell.text, widths[i] ?? 0);
        const painted = (cell.paint ?? ((plain) => plain))(text);
        const padding = " ".repeat(Math.max(0, (widths[i] ?? 0) - columns(text)));
        return shape[i]?.align === "right" ? padding + painted : painted + padding;
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}
