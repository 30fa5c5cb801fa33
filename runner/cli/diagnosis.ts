import { atLeast } from "../doctor/finding.ts";
import type { Diagnosis, Severity } from "../result/diagnosis.ts";
import { EXIT } from "./exit-codes.ts";

/** No data is never a pass: where no check could see what it judges, the cluster refused. */
export function exitCodeOfDiagnosis(
  { findings, walk }: Pick<Diagnosis, "findings" | "walk">,
  failOn: Severity | undefined,
): number {
  if (walk.every(({ checks }) => checks.every(({ outcome }) => outcome === "unseen"))) return EXIT.environment;
  const failed = failOn !== undefined && findings.some(({ severity }) => atLeast(severity, failOn));
  return failed ? EXIT.gateFailed : EXIT.passed;
}
