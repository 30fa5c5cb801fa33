import { nearest } from "../../nearest.ts";
import type { LineFault } from "./fault.ts";
import { isNothing, looksLikeNumber } from "./numbers.ts";
import { type Column, NO_TIMES, type TrafficOptions } from "./options.ts";
import type { Row, Table } from "./table.ts";
import { timeOf } from "./times.ts";

/** Which column has what, and the rows below the header. */
export interface Columns {
  /** Null: rows are minutes, one after the other. */
  readonly time: number | null;
  readonly value: number;
  readonly valueName: string;
  readonly rows: readonly Row[];
}

/** @throws UsageError with file and line */
export function columnsOf(table: Table, options: TrafficOptions, fault: LineFault): Columns {
  const [first, ...others] = table.rows;
  const hasHeader = first.cells.every((cell) => !looksLikeNumber(cell) && timeOf(cell) === undefined);
  const rows = hasHeader ? others : table.rows;
  const header = hasHeader ? first.cells : null;
  const nameOf = (index: number) => header?.[index] || `column ${index + 1}`;
  const all = Array.from({ length: table.width }, (_, index) => index);
  if (rows.length === 0)
    throw fault(first.line, "is the only line, and has no numbers; write a line a minute below it");

  const asked = (column: Column, field: string) => {
    const index = typeof column === "number" ? column - 1 : (header?.indexOf(column) ?? -1);
    if (index >= 0 && index < table.width) {
      const again = typeof column === "string" && header ? header.indexOf(column, index + 1) : -1;
      if (again < 0) return index;
      throw fault(first.line, `has two columns "${column}"; write ${field}: ${index + 1} or ${again + 1}, its place`);
    }
    const near = typeof column === "string" ? nearest(column, header ?? []) : undefined;
    const names = all.map(nameOf).join(", ");
    throw fault(
      first.line,
      `has no column "${column}"; ${near === undefined ? "" : `did you mean ${near}? `}There are ${names}: write one of them as ${field}`,
    );
  };

  const time = timeColumn();
  const value = valueColumn();
  return { time, value, valueName: nameOf(value), rows };

  function timeColumn(): number | null {
    if (options.timeColumn === NO_TIMES) return null;
    if (options.timeColumn !== undefined) return asked(options.timeColumn, "timeColumn");
    const [sample] = rows;
    const found = all.filter((index) => timeOf(sample?.cells[index] ?? "") !== undefined);
    const [only, second] = found;
    if (second !== undefined)
      throw fault(first.line, `has times in ${found.map(nameOf).join(" and ")}; write one of them as timeColumn`);
    if (only !== undefined) return only;
    // A list of numbers and nothing else says by itself that a row is a minute.
    if (table.width === 1) return null;
    throw fault(
      sample?.line ?? first.line,
      `has no time in any cell that is taken here; write them as 2025-11-28T09:00:00Z or in seconds since 1970, or timeColumn: ${NO_TIMES} if each row is a minute`,
    );
  }

  function valueColumn(): number {
    if (options.column !== undefined) return asked(options.column, "column");
    const found = all.filter(
      (index) =>
        index !== time &&
        rows.some(({ cells }) => !isNothing(cells[index] ?? "") && looksLikeNumber(cells[index] ?? "")),
    );
    const [only, second] = found;
    if (second !== undefined)
      throw fault(first.line, `has numbers in ${found.map(nameOf).join(", ")}; write the one that counts as column`);
    if (only !== undefined) return only;
    throw fault(
      rows[0]?.line ?? first.line,
      "has no column of numbers; write requests as plain numbers, without units",
    );
  }
}
