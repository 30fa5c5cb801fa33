import type { LineFault } from "./fault.ts";

/** A row as it was read; null: its cell is empty. */
export interface ReadRow {
  readonly line: number;
  readonly atUnixMs: number;
  readonly value: number | null;
}

/** All steps from the first row to the last, also those of which there is no row. */
export interface Steps {
  readonly stepS: number;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Of its row; where there is none, of the row after it. */
  readonly line: number;
  readonly atUnixMs: number | null;
  readonly value: number | null;
  readonly hasRow: boolean;
}

const MINUTE_S = 60;
/** A week: more is no day to rehearse, and two rows of different years would fill the memory. */
export const MOST_MINUTES = 10_080;

/**
 * The rows' own times decide how far apart they are: the smallest distance is the step, and all others are multiples of it.
 * @throws UsageError with file and line
 */
export function stepsOf(rows: readonly ReadRow[], fault: LineFault): Steps {
  const pairs = rows.slice(1).map((row, index) => ({ row, before: rows[index] ?? row }));
  for (const { row, before } of pairs) {
    if (row.atUnixMs === before.atUnixMs)
      throw fault(row.line, `has the same time as line ${before.line}; leave one row for each time`);
    if (row.atUnixMs < before.atUnixMs)
      throw fault(row.line, `is earlier than line ${before.line}; sort the rows by time, the earliest first`);
  }
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last || first === last)
    throw fault(first?.line ?? 1, "is the only row, so it can't be told how long it lasts; write at least two");
  const stepMs = Math.min(...pairs.map(({ row, before }) => row.atUnixMs - before.atUnixMs));
  const odd = pairs.find(({ row, before }) => (row.atUnixMs - before.atUnixMs) % stepMs !== 0);
  if (odd) {
    const apartS = (odd.row.atUnixMs - odd.before.atUnixMs) / 1000;
    throw fault(
      odd.row.line,
      `is ${apartS} s after line ${odd.before.line}, where others are ${stepMs / 1000} s apart; export with one fixed interval`,
    );
  }
  assertWhole(stepMs, pairs, fault);
  const count = (last.atUnixMs - first.atUnixMs) / stepMs + 1;
  const minutes = (count * stepMs) / 60_000;
  if (minutes > MOST_MINUTES)
    throw fault(
      last.line,
      `is ${Math.round(minutes)} minutes after the first row; leave a week (${MOST_MINUTES}) at most`,
    );
  return { stepS: stepMs / 1000, steps: filled(rows, first.atUnixMs, stepMs, count) };
}

/** Steps that are minutes, whole numbers of them, or that fill a minute. */
function assertWhole(
  stepMs: number,
  pairs: ReadonlyArray<{ readonly row: ReadRow; readonly before: ReadRow }>,
  fault: LineFault,
): void {
  const stepS = stepMs / 1000;
  if (stepS % MINUTE_S === 0 || (stepS < MINUTE_S && MINUTE_S % stepS === 0)) return;
  const pair = pairs.find(({ row, before }) => row.atUnixMs - before.atUnixMs === stepMs);
  throw fault(
    pair?.row.line ?? 1,
    `is ${stepS} s after line ${pair?.before.line}, and that is not a whole number of minutes, nor do they fill one; export with an interval of a minute`,
  );
}

function filled(rows: readonly ReadRow[], firstMs: number, stepMs: number, count: number): Step[] {
  let next = 0;
  return Array.from({ length: count }, (_, index) => {
    const atUnixMs = firstMs + index * stepMs;
    const row = rows[next];
    if (row?.atUnixMs !== atUnixMs) return { line: row?.line ?? 1, atUnixMs, value: null, hasRow: false };
    next += 1;
    return { line: row.line, atUnixMs, value: row.value, hasRow: true };
  });
}

/** Rows without times: minutes, one after the other. */
export function minuteSteps(rows: ReadonlyArray<{ readonly line: number; readonly value: number | null }>): Steps {
  return { stepS: MINUTE_S, steps: rows.map(({ line, value }) => ({ line, value, atUnixMs: null, hasRow: true })) };
}
