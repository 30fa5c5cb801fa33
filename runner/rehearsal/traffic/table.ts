import { type CsvError, type InfoRecord, parse } from "csv-parse/sync";
import { z } from "zod";
import { reasonOf } from "../../errors.ts";
import type { LineFault } from "./fault.ts";

/** A row of the file with the line where it ends. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly separator: string;
  readonly rows: readonly [Row, ...Row[]];
  /** Cells of every row. */
  readonly width: number;
}

/** A file without a comma as decimal sign is likelier to have none of the others, so the comma comes last. */
const SEPARATORS = ["\t", ";", ","] as const;

/** Excel's own first line, which Grafana writes as well. */
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t]*(\n|$)/i;

const Parsed = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/**
 * Rows by the separator that splits every one of them into the same number of cells.
 * @throws UsageError with file and line
 */
export function tableOf(given: string, fault: LineFault): Table {
  const text = given.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const said = SEPARATOR_LINE.exec(text);
  const body = said ? text.slice(said[0].length) : text;
  const linesBefore = said ? 1 : 0;
  const read = (separator: string) => tableBy(separator, body, linesBefore, fault);
  if (said?.[1]) return even(read(said[1]), fault);
  // With a wrong separator quotes may stand where none can be: that says nothing of the file.
  const tries = SEPARATORS.map((separator) => attempt(() => read(separator)));
  const tables = tries.flatMap(({ table }) => table ?? []);
  const split = tables.find((table) => table.width > 1 && isEven(table));
  if (split) return split;
  const [widest] = [...tables].sort((a, b) => mostCells(b) - mostCells(a));
  if (widest) return even(widest, fault);
  throw tries.at(-1)?.error ?? fault(1, "has no rows");
}

function attempt(read: () => Table): { readonly table?: Table; readonly error?: unknown } {
  try {
    return { table: read() };
  } catch (error) {
    return { error };
  }
}

function tableBy(separator: string, text: string, linesBefore: number, fault: LineFault): Table {
  const rows = parsed(separator, text, linesBefore, fault)
    .map(({ record, info }) => ({ line: info.lines + linesBefore, cells: record }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const [first, ...others] = rows;
  if (!first) throw fault(1, "has no rows; write a line a minute, with a time and a number of requests");
  return { separator, rows: [first, ...others], width: first.cells.length };
}

function parsed(separator: string, text: string, linesBefore: number, fault: LineFault): z.infer<typeof Parsed> {
  try {
    const rows: unknown = parse(text, {
      delimiter: separator,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      comment: "#",
      comment_no_infix: true,
      record_delimiter: "\n",
    });
    return Parsed.parse(rows);
  } catch (error) {
    throw fault(lineOf(error) + linesBefore, `is not CSV: ${reasonOf(error)}`);
  }
}

function lineOf(error: unknown): number {
  const { lines } = error as Partial<CsvError & InfoRecord>;
  return typeof lines === "number" ? lines : 1;
}

function isEven({ rows, width }: Table): boolean {
  return rows.every(({ cells }) => cells.length === width);
}

function mostCells({ rows }: Table): number {
  return Math.max(...rows.map(({ cells }) => cells.length));
}

function even(table: Table, fault: LineFault): Table {
  const odd = table.rows.find(({ cells }) => cells.length !== table.width);
  if (!odd) return table;
  const separator = table.separator === "\t" ? "tab" : `"${table.separator}"`;
  throw fault(
    odd.line,
    `has ${odd.cells.length} cells where line ${table.rows[0].line} has ${table.width}; quote a cell that has a ${separator} in it`,
  );
}
