import type { Tuning } from "../../tunings/tuning.ts";
import type { Judged } from "./judge.ts";
import type { Near } from "./nearest.ts";

/** Whether one tuning can be applied on a cluster, before anything is changed there. */
export interface Applicable extends Judged {
  readonly name: string;
  /** As --tuned takes it. */
  readonly typed: string;
  readonly title: string;
  readonly setting: string;
  readonly scope: Tuning["scope"];
  /** Which suites can stage it. */
  readonly suites: readonly string[];
  /** The flag that it takes on this cluster, and what for. */
  readonly needs: { readonly flag: "--allow-node-changes"; readonly because: string } | null;
  /** Of the catalogue, where this one can't be applied everywhere. */
  readonly nearest: readonly Near[];
}
