import type { NodeUnfit, Target } from "../result/target.ts";
import type { Admission } from "./admission.ts";
import type { Applicable } from "./here/report.ts";
import type { Reach } from "./needs.ts";
import type { WorkloadOutlook } from "./workload.ts";

/** What can be said of a cluster before anything is done there; what `preflight --json` prints. */
export interface Preflight {
  readonly target: Target | null;
  readonly nodes: {
    /** Those that would take part. */
    readonly used: ReadonlyArray<{ readonly name: string; readonly architecture: string; readonly kernel: string }>;
    readonly leftOut: ReadonlyArray<{ readonly name: string; readonly because: NodeUnfit }>;
  } | null;
  readonly namespace: {
    readonly name: string;
    readonly there: boolean;
    /** The user named it: it stays. */
    readonly yours: boolean;
  };
  readonly agents: Admission;
  readonly suites: readonly SuiteHere[];
  /** Of the catalogue, what those suites can stage: whether it can be applied here. */
  readonly tunings: TuningsHere;
  readonly images: readonly string[];
  readonly creates: readonly string[];
  /** What it would change on nodes, and put back. */
  readonly changes: readonly string[];
  /** What else it would do beyond its namespace, for as long as it runs. */
  readonly reaches: readonly string[];
  /** What could not be read, and why. */
  readonly unseen: readonly string[];
  /** The user's workload on which the tuned arm would be tried; null: none was named. */
  readonly workload: WorkloadOutlook | null;
  /** The command to run next. */
  readonly next: string;
}

export interface TuningsHere {
  readonly can: number;
  /** On some nodes only. */
  readonly partly: number;
  readonly unknown: number;
  readonly cannot: ReadonlyArray<Pick<Applicable, "name" | "because" | "nearest">>;
  /** What tells all of it. */
  readonly whole: string;
}

/** What can be said of a suite once it is known which tunings can be applied. */
export interface SuiteHere extends SuiteOutlook {
  /** Tunings of the arms that were asked for which can't be applied, in the words of `tunings --here`. */
  readonly tuningStops: readonly string[];
  /** Those that can be applied on some nodes only. */
  readonly tuningNotes: readonly string[];
}

export interface SuiteOutlook {
  readonly name: string;
  readonly state: "whole" | "partly" | "cannot";
  /** Why not, or what would be missing. */
  readonly because: readonly string[];
  /** Why the arms that were asked for can't be run, though others can. */
  readonly armStops: readonly string[];
  /** Which others can. */
  readonly otherArms: readonly string[];
  /** What it would do beyond its namespace, whether that is allowed or not. */
  readonly reaches: readonly Reach[];
  /** It can't run, and could if that were allowed. */
  readonly awaitsPermission: boolean;
}
