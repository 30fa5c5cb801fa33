import { atLeast } from "../doctor/finding.ts";
import type { ClusterState } from "../doctor/state.ts";
import type { Diagnosis, OnNodes, Severity } from "../result/diagnosis.ts";
import { EXIT } from "./exit-codes.ts";

export function lookedInto({ inside }: Pick<ClusterState, "inside">): OnNodes | null {
  if (!("seen" in inside)) return null;
  const { nodes, failed, left } = inside.seen;
  return { looked: nodes.map(({ name }) => name), failed: [...failed], left: [...left] };
}

/** No data is never a pass: where no check could see what it judges, the cluster refused. */
export function exitCodeOfDiagnosis(
  { findings, walk }: Pick<Diagnosis, "findings" | "walk">,
  failOn: Severity | undefined,
): number {
  const outcomes = walk.flatMap(({ checks }) => checks.map(({ outcome }) => outcome));
  if (!outcomes.includes("found") && !outcomes.includes("nothing")) return EXIT.environment;
  const failed = failOn !== undefined && findings.some(({ severity }) => atLeast(severity, failOn));
  return failed ? EXIT.gateFailed : EXIT.passed;
}
