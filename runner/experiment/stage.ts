import { createNamespace } from "../cluster/namespace.ts";
import { type Agents, deployAgents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { type Places, places } from "../workloads/places.ts";
import { type ArmSwitch, armSwitch } from "./arm-switch.ts";
import { assertNothingLowered } from "./lowered-limits.ts";
import { type Nodes, readNodes } from "./nodes.ts";
import type { TrialRequest } from "./trial.ts";

/** What every suite's blocks have in common on a target. */
export interface Stage {
  readonly agents: Agents;
  readonly nodes: Nodes;
  readonly armSwitch: ArmSwitch;
  /** Of what is made anew for blocks. */
  readonly places: Places;
}

/** The namespace, an agent on every node, and what is to be known of the nodes; journalled before it is made. */
export async function openStage<T extends Tuning>(
  { cluster, delivery, nodeSelector, arms, changes, signal }: TrialRequest<T>,
  progress: Progress,
): Promise<Stage> {
  await createNamespace(cluster, () => changes.record({ change: "namespace" }));
  const nodes = await readNodes(cluster, nodeSelector);
  const agents = await progress.step("Agents on the nodes", () => deployAgents(cluster, delivery, nodes.open, signal));
  await assertNothingLowered(agents, arms);
  return { agents, nodes, armSwitch: armSwitch(agents, changes), places: places(nodes.open) };
}
