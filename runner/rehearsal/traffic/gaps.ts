import type { LineFault } from "./fault.ts";
import type { Gaps } from "./options.ts";
import type { Step } from "./steps.ts";

export interface Filled {
  readonly values: readonly number[];
  /** Steps that had no number. */
  readonly gaps: number;
}

/**
 * A value for every step. Time that has none is never closed up.
 * @throws UsageError with file and line
 */
export function withoutGaps(steps: readonly Step[], gaps: Gaps, stepWords: string, fault: LineFault): Filled {
  const empty = steps.filter(({ value }) => value === null);
  const [first] = empty;
  if (!first) return { values: steps.map(({ value }) => value ?? 0), gaps: 0 };
  if (empty.length === steps.length)
    throw fault(first.line, "has no number, and no other row has one; is it the right column?");
  if (gaps === "refuse") throw fault(first.line, `${missing(steps, first, stepWords)}; ${OFFER}`);
  if (gaps === "zero") return { values: steps.map(({ value }) => value ?? 0), gaps: empty.length };
  return { values: steps.map((_, index) => bridged(steps, index, fault)), gaps: empty.length };
}

const OFFER =
  "write gaps: zero if there were no requests then, gaps: bridge for a straight line across, or mend the export";

function missing(steps: readonly Step[], first: Step, stepWords: string): string {
  if (first.hasRow) return "has no number";
  const begin = steps.indexOf(first);
  const end = steps.findIndex((step, index) => index > begin && step.hasRow);
  const count = end - begin;
  const what =
    count === 1
      ? `a row is missing before it (rows are ${stepWords} apart)`
      : `${count} rows are missing before it (rows are ${stepWords} apart)`;
  return `${what}, from ${new Date(first.atUnixMs ?? 0).toISOString()} on`;
}

function bridged(steps: readonly Step[], index: number, fault: LineFault): number {
  const own = steps[index]?.value;
  if (typeof own === "number") return own;
  const before = steps.findLastIndex(({ value }, at) => at < index && value !== null);
  const after = steps.findIndex(({ value }, at) => at > index && value !== null);
  const from = steps[before]?.value;
  const to = steps[after]?.value;
  if (typeof from !== "number" || typeof to !== "number")
    throw fault(
      steps[index]?.line ?? 1,
      "has no number, and none on one side to bridge from; take the row out, or write gaps: zero",
    );
  return from + ((to - from) * (index - before)) / (after - before);
}
