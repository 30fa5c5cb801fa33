import type { TuningReport } from "../../reports/schema.ts";

/** Where a setting would have to be to do what is claimed of it. */
export type ActsIn = "node" | "client-pods" | "all-pods";

/** A named, reversible change. */
export type Tuning = NodeSysctl | PodSysctl;

/** Arm name → its tunings, in the order in which they are applied. Every suite names its own. */
export type Arms = Readonly<Record<string, readonly Tuning[]>>;

interface Common {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly actsIn: ActsIn;
  /** What it really does there, in a sentence for the report. */
  readonly note: string;
}

/** Set through the agent: in the machine's first network namespace ("kernel") or in the node's own. */
export interface NodeSysctl extends Common {
  readonly kind: "node-sysctl";
  readonly scope: "kernel" | "node";
}

/** Set in the load pods' `securityContext.sysctls`: part of the pod, gone with it. */
export interface PodSysctl extends Common {
  readonly kind: "pod-sysctl";
}

export function scopeOf(tuning: Tuning): TuningReport["scope"] {
  return tuning.kind === "pod-sysctl" ? "pod-spec" : tuning.scope;
}

export function changesNodes(tuning: Tuning): tuning is NodeSysctl {
  return tuning.kind === "node-sysctl";
}
