/** What a check has to say. */
import { type Hop, SEVERITIES, type Severity } from "../result/diagnosis.ts";

export { HOPS, type Hop, SEVERITIES, type Severity } from "../result/diagnosis.ts";

export interface Finding {
  /** The check's name. */
  readonly check: string;
  readonly severity: Severity;
  readonly hop: Hop;
  /** What it is about: "deployment shop/web". */
  readonly subject: string;
  readonly value: string;
  /** Where the value stands. */
  readonly readFrom: string;
  /** What it will do, in the capacity model's numbers. */
  readonly consequence: string;
  readonly remedy: Remedy;
  readonly proof: Proof;
  readonly headroom?: Headroom;
}

export interface Remedy {
  /** Of manifests/tunings, where one does it. */
  readonly tuning?: string;
  readonly words: string;
}

export type Proof =
  /** An experiment that shows it on this cluster, against the baseline. */
  | { readonly kind: "run"; readonly tuned: string; readonly flags: readonly string[] }
  /** Nothing to be measured: where to read it again. */
  | { readonly kind: "read"; readonly command: string };

export interface Headroom {
  /** 0–1: what is left. */
  readonly left: number;
  /** What runs out. */
  readonly of: string;
}

/** A finding, as its check hands it over; the check's name and hop are added. */
export type Found = Omit<Finding, "check" | "hop">;

export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
