import type { LineFault } from "./fault.ts";
import type { Unit } from "./options.ts";

const RATE_NAME = /\/ ?s(ec(ond)?)?\b|per.?sec|\brps\b|\bqps\b|req\/s|(^|[^a-z])rate([^a-z]|$)/i;
const SUM_NAME = /sum|count|requests?|total|hits|anzahl|anfragen|requ[eê]tes/i;

/**
 * What the numbers are, where the plan does not say: a rate that is taken for a sum, or the reverse, would be a rehearsal
 * of another day, so only what leaves no doubt is taken.
 * @throws UsageError with file and line
 */
export function unitOf(name: string, stepS: number, line: number, fault: LineFault): Unit {
  if (RATE_NAME.test(name))
    throw fault(
      line,
      `"${name}" looks like a rate; write unit: per-second, per-minute or per-hour, or unit: sum if it is none`,
    );
  if (stepS === 60 || SUM_NAME.test(name)) return "sum";
  throw fault(
    line,
    `rows are ${stepWords(stepS)} apart, and "${name}" does not say whether its numbers are rates; write unit: per-second or per-minute, or unit: sum if each is the requests of its ${stepWords(stepS)}`,
  );
}

export function stepWords(stepS: number): string {
  if (stepS % 3600 === 0) return stepS === 3600 ? "an hour" : `${stepS / 3600} hours`;
  if (stepS % 60 === 0) return stepS === 60 ? "a minute" : `${stepS / 60} minutes`;
  return `${stepS} s`;
}
