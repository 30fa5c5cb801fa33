import type { SuiteSize } from "../../../runner/experiment/plan.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import { areThere, type MaybeAgents } from "../../../runner/probes/agents.ts";

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

const STEPS: Readonly<Record<SuiteSize, readonly RolloutStep[]>> = { full: ALL, quick: RESTARTS };

/** What is done to the Deployment in a block. A process can be killed by an agent on its node only. */
export function stepsOf(size: SuiteSize, agents: MaybeAgents): readonly RolloutStep[] {
  return areThere(agents) ? STEPS[size] : STEPS[size].filter(({ kind }) => kind !== "kill");
}
