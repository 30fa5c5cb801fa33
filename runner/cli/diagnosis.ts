import { atLeast, type Severity } from "../doctor/finding.ts";
import type { ToldExamination } from "./doctor-commands.ts";
import { EXIT } from "./exit-codes.ts";

/** What `doctor --json` prints. */
export interface Diagnosis extends ToldExamination {
  /** Goes up when something that was there changes its meaning or goes. */
  readonly schemaVersion: 1;
  readonly context: string;
  readonly kubernetes: string | null;
  readonly nodes: number | null;
  readonly rate: number | null;
  readonly requests: number;
}

/** No data is never a pass: where no check could see what it judges, the cluster refused. */
export function exitCodeOfDiagnosis(
  { findings, clean }: Pick<Diagnosis, "findings" | "clean">,
  failOn: Severity | undefined,
): number {
  if (findings.length === 0 && clean.length === 0) return EXIT.environment;
  const failed = failOn !== undefined && findings.some(({ severity }) => atLeast(severity, failOn));
  return failed ? EXIT.gateFailed : EXIT.passed;
}
