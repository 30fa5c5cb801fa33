/** Counts of outcomes, as guards ask for them. */
import { FAILURE_CAUSES, type Outcomes } from "../../result/outcomes.ts";

export interface Failures {
  readonly failed: number;
  readonly status5xx: number;
}

const STATUS_5XX = FAILURE_CAUSES.filter((cause) => cause.startsWith("status-5"));

/** @param outcomes by cause; what is not "ok" has failed, whatever it is called */
export function failuresOf(outcomes: Readonly<Partial<Record<string, number>>>): Failures {
  let [failed, status5xx] = [0, 0];
  for (const [cause, count = 0] of Object.entries(outcomes)) if (cause !== "ok") failed += count;
  for (const cause of STATUS_5XX) status5xx += outcomes[cause] ?? 0;
  return { failed, status5xx };
}

/** Adds one load's outcomes to another's. */
export function addOutcomes(into: Outcomes, more: Readonly<Partial<Record<string, number>>>): Outcomes {
  const sum: Record<string, number> = { ...into };
  for (const [cause, count = 0] of Object.entries(more)) sum[cause] = (sum[cause] ?? 0) + count;
  return sum as Outcomes;
}
