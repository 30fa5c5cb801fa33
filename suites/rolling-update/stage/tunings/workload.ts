import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { ReadBack } from "../../../../runner/tunings/read-back.ts";
import { fieldOf, patchFields, pathText } from "../../../../runner/tunings/workload/patch-fields.ts";
import type { RolloutTuning, WorkloadPatch } from "../../tunings.ts";
import { rollingWeb } from "../rolling-web.ts";
import { SERVER_PODS } from "./places.ts";

const STRATEGIC_MERGE = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

/**
 * Patches the Deployment that is to be rolled, in the tunings' order; to be called before it has pods.
 * @throws EnvironmentError when the API refuses a patch, with its reason
 */
export async function applyWorkload(cluster: Cluster, tunings: readonly RolloutTuning[]): Promise<void> {
  const { name, namespace } = rollingWeb(cluster);
  for (const tuning of tunings.filter(isPatch)) {
    try {
      await cluster.apps.patchNamespacedDeployment({ name, namespace, body: tuning.patch }, STRATEGIC_MERGE);
    } catch (error) {
      throw new EnvironmentError(`the cluster refuses tuning ${tuning.name} (${tuning.setting}): ${apiReason(error)}`);
    }
  }
}

/**
 * What the patches' fields are in live pods, and in the Deployment where a field is of it: an API server that does not
 * know a field drops it without a word.
 * @throws EnvironmentError when the API does not show them
 */
export async function readBackWorkload(cluster: Cluster, tunings: readonly RolloutTuning[]): Promise<ReadBack[]> {
  const patches = tunings.filter(isPatch);
  if (patches.length === 0) return [];
  const { name, namespace, selector } = rollingWeb(cluster);
  try {
    const [deployment, list] = await Promise.all([
      cluster.apps.readNamespacedDeployment({ name, namespace }),
      cluster.core.listNamespacedPod({ namespace, labelSelector: selector }),
    ]);
    return patches.flatMap((tuning) => [
      ...readBacksIn(deployment, "deployment", `Deployment ${name}`, tuning),
      ...list.items.flatMap((pod) => readBacksIn(pod, "pod", `pod ${pod.metadata?.name}`, tuning)),
    ]);
  } catch (error) {
    throw new EnvironmentError(`the pods of ${name} can't be read back: ${apiReason(error)}`);
  }
}

function readBacksIn(object: object, kind: "pod" | "deployment", where: string, tuning: WorkloadPatch): ReadBack[] {
  return patchFields(tuning.patch)
    .filter((field) => field.in === kind)
    .map(({ path, wanted }) => ({
      tuning: tuning.name,
      ...(kind === "pod" ? SERVER_PODS : { place: "deployment" }),
      where,
      field: pathText(path),
      wanted,
      got: fieldOf(object, path),
    }));
}

function isPatch(tuning: RolloutTuning): tuning is WorkloadPatch {
  return tuning.kind === "workload-patch";
}
