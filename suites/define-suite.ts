import type { SuiteReport } from "../reports/suite-report.ts";
import type { Suite } from "../runner/experiment/suite.ts";
import type { Evidence } from "../runner/result/result.ts";
import type { Tuning } from "../runner/tunings/tuning.ts";

/** A suite with its part of the reports. */
export interface ReportedSuite<
  E extends Evidence = Evidence,
  T extends Tuning = Tuning,
  Options extends object = Readonly<Record<string, unknown>>,
> extends Suite<E, T, Options> {
  /** Loads late: running needs none of it. */
  report(): Promise<SuiteReport<E>>;
}

/** Options of a suite that has none. */
export type NoOptions = Readonly<Record<never, never>>;

/** Joins what a suite is made of; the types hold its arms, metrics, evidence, options and report to one another. */
export function defineSuite<E extends Evidence, T extends Tuning, Options extends object = NoOptions>(
  suite: ReportedSuite<E, T, Options>,
): ReportedSuite<E, T, Options> {
  return suite;
}
