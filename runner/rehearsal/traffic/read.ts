/** Pure: what a CSV of requests over time says of each minute, or the line where it can't be told. */
import { columnsOf } from "./columns.ts";
import { type LineFault, lineFaults } from "./fault.ts";
import { withoutGaps } from "./gaps.ts";
import { minutesOf } from "./minutes.ts";
import { numbersOf } from "./numbers.ts";
import type { Gaps, TrafficOptions, Unit } from "./options.ts";
import { MOST_MINUTES, minuteSteps, type ReadRow, type Steps, stepsOf } from "./steps.ts";
import type { Row } from "./table.ts";
import { tableOf } from "./table.ts";
import { instantOf, timeOf } from "./times.ts";
import { stepWords, unitOf } from "./unit.ts";

export interface Minute {
  /** Null: the file has no times. */
  readonly atUnixMs: number | null;
  readonly perMinute: number;
}

export interface TrafficRead {
  /** One after the other, without gaps. */
  readonly minutes: readonly [Minute, ...Minute[]];
  /** What was taken for what: sentences. */
  readonly notes: readonly string[];
}

/** @throws UsageError that begins with file and line */
export function readTrafficCsv(text: string, options: TrafficOptions): TrafficRead {
  const fault = lineFaults(options.named);
  const table = tableOf(text, fault);
  const columns = columnsOf(table, options, fault);
  const { separator } = table;
  const values = numbersOf(columns.rows, columns.value, { separator, decimal: options.decimal, fault });
  const valued = columns.rows.map((row, index) => ({ ...row, value: values[index] ?? null }));
  const { steps, stepS } =
    columns.time === null ? untimed(valued, fault) : stepsOf(timed(valued, columns.time, options, fault), fault);
  const [firstRow] = table.rows;
  const unit = options.unit ?? unitOf(columns.valueName, stepS, firstRow.line, fault);
  const gaps = options.gaps ?? "refuse";
  const filled = withoutGaps(steps, gaps, stepWords(stepS), fault);
  const firstMs = steps[0]?.atUnixMs ?? null;
  const [first, ...others] = minutesOf(filled.values, stepS, unit).map((perMinute, index) => ({
    atUnixMs: firstMs === null ? null : firstMs + index * 60_000,
    perMinute,
  }));
  if (!first) throw fault(firstRow.line, "has no rows");
  return {
    minutes: [first, ...others],
    notes: notesOf({ options, valueName: columns.valueName, steps, stepS, unit, gaps, gapCount: filled.gaps }),
  };
}

function untimed(rows: ReadonlyArray<Row & { readonly value: number | null }>, fault: LineFault): Steps {
  const last = rows.at(-1);
  if (last && rows.length > MOST_MINUTES)
    throw fault(last.line, `is minute ${rows.length}; leave a week (${MOST_MINUTES}) at most`);
  return minuteSteps(rows);
}

function timed(
  rows: ReadonlyArray<Row & { readonly value: number | null }>,
  column: number,
  { timeZone }: TrafficOptions,
  fault: LineFault,
): ReadRow[] {
  return rows.map(({ cells, line, value }) => {
    const cell = cells[column] ?? "";
    const time = timeOf(cell);
    if (!time)
      throw fault(
        line,
        `"${cell}" is not a time that is taken here; write it as 2025-11-28T09:00:00Z, or in seconds since 1970`,
      );
    const instant = instantOf(time, timeZone);
    if (typeof instant === "string") throw fault(line, `"${cell}" ${instant}`);
    return { line, value, atUnixMs: instant };
  });
}

interface Noted extends Steps {
  readonly options: TrafficOptions;
  readonly valueName: string;
  readonly unit: Unit;
  readonly gaps: Gaps;
  readonly gapCount: number;
}

function notesOf({ options, valueName, steps, stepS, unit, gaps, gapCount }: Noted): string[] {
  const { named } = options;
  const apart = stepWords(stepS);
  const [first] = steps;
  const from =
    first?.atUnixMs == null
      ? "has no times: each row is a minute"
      : `begins at ${new Date(first.atUnixMs).toISOString()}, rows ${apart} apart`;
  const taken =
    unit === "sum"
      ? `the requests of ${stepS === 60 ? "that minute" : `those ${apart === "an hour" ? "60 minutes" : apart}`}`
      : `a rate ${unit.replace("-", " ")}`;
  const notes = [`${named} ${from}; each number of "${valueName}" is taken as ${taken}.`];
  if (stepS > 60)
    notes.push(
      `${named}: each row is spread evenly over its ${stepS / 60} minutes, so peaks within them are not rehearsed.`,
    );
  if (stepS < 60) {
    const inMinute = 60 / stepS;
    const rest = steps.length % inMinute;
    const last = rest === 0 ? "" : `; of the last minute there are ${rest} of ${inMinute} rows`;
    notes.push(`${named}: rows ${apart} apart are averaged over each minute${last}.`);
  }
  if (gapCount > 0)
    notes.push(
      `${named}: ${gapCount} of ${steps.length} rows have no number; ${gaps === "zero" ? "they are taken as 0 requests" : "they are bridged by a straight line"}.`,
    );
  return notes;
}
