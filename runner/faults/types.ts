/** What is done to a workload under load. All instants are Unix ms on the runner's clock. */

/** The Deployment that is rolled; `selector` finds its pods and nobody else's. */
export interface RolledDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly selector: string;
  /** Whose process is its pods' main one. */
  readonly container: string;
}

/** One thing to do to the Deployment, at an instant after the load's start. */
export type RolloutStep =
  | { readonly atMs: number; readonly kind: "restart" | "evict" | "kill" }
  | { readonly atMs: number; readonly kind: "scale-up" | "scale-down"; readonly replicas: number };

/** One step as it was carried out. */
export interface RanStep {
  readonly kind: RolloutStep["kind"];
  readonly replicas: number;
  readonly startedAtUnixMs: number;
  /** How much later than planned it began, because the one before took longer. */
  readonly lateMs: number;
  readonly finishedAtUnixMs: number | null;
  /** Which pod was evicted or killed. */
  readonly podUid: string | null;
  /** Why it did not finish, in one sentence. */
  readonly trouble: string | null;
}
