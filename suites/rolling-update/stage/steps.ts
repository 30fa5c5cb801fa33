import type { SuiteSize } from "../../../runner/experiment/plan.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";

const RESTARTS: readonly RolloutStep[] = [
  { atMs: 1_000, kind: "restart" },
  { atMs: 3_500, kind: "scale-up", replicas: 4 },
  { atMs: 6_000, kind: "restart" },
];
/** Each begins when the pods that the one before took away have slept and gone. */
const ALL: readonly RolloutStep[] = [
  ...RESTARTS,
  { atMs: 25_000, kind: "scale-down", replicas: 2 },
  { atMs: 40_000, kind: "scale-up", replicas: 4 },
  { atMs: 46_000, kind: "evict" },
  { atMs: 65_000, kind: "kill" },
  { atMs: 80_000, kind: "restart" },
];

/** What is done to the Deployment in a block. */
export const STEPS: Readonly<Record<SuiteSize, readonly RolloutStep[]>> = { full: ALL, quick: RESTARTS };
