/** Whether paths answer: asked by each node's agent, or, where the cluster refuses agents, by pods of the load. */
import type { Load } from "../../../runner/load/load.ts";
import { areThere } from "../../../runner/probes/agents.ts";
import type { Path } from "./paths/path.ts";
import { deployRolloutLoad, targetOf } from "./rollout-load.ts";
import type { RolloutStage } from "./rollout-stage.ts";

/**
 * Returns when all of a block's paths answer. The load's own pods ask once in a run; without agents nobody else does, and so
 * they ask in every block.
 * @throws EnvironmentError with what came instead
 */
export async function answerAll(
  { agents, proveWay, signal }: RolloutStage,
  load: Load,
  paths: readonly Path[],
): Promise<void> {
  const targets = paths.map(targetOf);
  if (!areThere(agents)) return load.firstRequests(targets);
  await Promise.all(paths.map((path) => path.ready(agents, signal)));
  await proveWay(load, targets);
}

/**
 * Returns when a path answers, before there is a load.
 * @throws EnvironmentError with what came instead
 */
export async function answers(stage: RolloutStage, path: Path): Promise<void> {
  const { agents, signal } = stage;
  if (areThere(agents)) return path.ready(agents, signal);
  const load = await deployRolloutLoad(stage, { name: `ask-${path.name}`, paths: [path] });
  try {
    await load.firstRequests([targetOf(path)]);
  } finally {
    await load.remove();
  }
}
