import type { Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";

/** A result, with what only its suite can say of it. */
export interface Reported {
  readonly result: Result;
  readonly report: SuiteReport;
}

/** The results of one run, which become one document. */
export interface RunReport {
  readonly results: readonly Reported[];
  /** Suites that were asked about in the same command and have no result: a report without them would look whole. */
  readonly missing: readonly string[];
}
