import { atLeast, type Severity } from "../doctor/finding.ts";
import type { Inside } from "../doctor/inside/state.ts";
import type { Rate } from "../doctor/rate.ts";
import type { ClusterState } from "../doctor/state.ts";
import type { ToldExamination } from "./doctor-commands.ts";
import { EXIT } from "./exit-codes.ts";

/** What `doctor --json` prints. */
export interface Diagnosis extends ToldExamination {
  /** Goes up when something that was there changes its meaning or goes. */
  readonly schemaVersion: 1;
  readonly context: string;
  readonly kubernetes: string | null;
  readonly nodes: number | null;
  /** Null: neither given nor measured. */
  readonly rate: Rate | null;
  /** Null: no node was looked into. */
  readonly onNodes: OnNodes | null;
  /** Of the reading by lists. */
  readonly requests: number;
}

export interface OnNodes extends Pick<Inside, "failed" | "left"> {
  readonly looked: readonly string[];
}

export function lookedInto({ inside }: Pick<ClusterState, "inside">): OnNodes | null {
  if (!("seen" in inside)) return null;
  const { nodes, failed, left } = inside.seen;
  return { looked: nodes.map(({ name }) => name), failed, left };
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
