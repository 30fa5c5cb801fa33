import type { Applicable } from "../preflight/here/report.ts";

/** What `tunings --here --json` prints. */
export interface Here {
  readonly schemaVersion: 1;
  readonly context: string;
  readonly kubernetes: string | null;
  /** Null: they can't be listed. */
  readonly nodes: number | null;
  /** Nodes that take no pods of ours, with why not. */
  readonly leftOut: readonly string[];
  /** Each with the command that measures it; null where there is none. */
  readonly tunings: ReadonlyArray<Applicable & { readonly try: string | null }>;
  /** What could not be read, and why. */
  readonly unseen: readonly string[];
  /** Kubelets are asked of so many nodes at most. */
  readonly mostKubelets: number;
}
