import { PatchStrategy, setHeaderOptions, type V1Scale } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster } from "./cluster.ts";

/**
 * Asks for so many replicas of a Deployment; they are not waited for.
 * @throws EnvironmentError if the API refuses
 */
export async function setReplicas(
  cluster: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  replicas: number,
): Promise<void> {
  const body: V1Scale = { spec: { replicas } };
  try {
    await cluster.apps.patchNamespacedDeploymentScale(
      { namespace, name, body },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  } catch (error) {
    throw new EnvironmentError(`the Deployment ${name} can't be scaled: ${apiReason(error)}`);
  }
}
