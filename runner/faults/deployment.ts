import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { setReplicas } from "../cluster/replicas.ts";
import { EnvironmentError } from "../errors.ts";
import { type Patience, rolledOut } from "./settle.ts";
import type { RolledDeployment } from "./types.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/**
 * Replaces every pod, as `kubectl rollout restart` does: by an annotation of the pod template.
 * @throws EnvironmentError if the API refuses, or the rollout takes too long
 */
export async function restart(cluster: Cluster, deployment: RolledDeployment, patience: Patience): Promise<void> {
  const { namespace, name } = deployment;
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  const body = { spec: { template: { metadata: { annotations } } } };
  try {
    await cluster.apps.patchNamespacedDeployment({ namespace, name, body }, MERGE);
  } catch (error) {
    throw new EnvironmentError(`the Deployment ${name} can't be restarted: ${apiReason(error)}`);
  }
  await rolledOut(cluster, deployment, patience);
}

/**
 * Scales to so many replicas.
 * @throws EnvironmentError if the API refuses, or it takes too long
 */
export async function scale(
  cluster: Cluster,
  deployment: RolledDeployment,
  replicas: number,
  patience: Patience,
): Promise<void> {
  await setReplicas(cluster, deployment, replicas);
  await rolledOut(cluster, deployment, patience);
}
