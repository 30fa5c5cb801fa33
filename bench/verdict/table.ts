/** The bench's tables: a name, and cells to its right. */
const NAME = 46;
const CELL = 15;

export type Print = (line: string) => void;
export type Row = (name: string, cells: readonly string[]) => void;

/** A part of the bench prints its tables, and gives its numbers for `--json`. */
export type Part = (print: Print, runs: number) => Readonly<Record<string, unknown>>;

export function rowsOf(print: Print): Row {
  return (name, cells) => print(`${name.padEnd(NAME)}${cells.map((cell) => cell.padStart(CELL)).join("")}`);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(8);
}
