import type { V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { MERGING, whileLiving } from "../cluster/while-living.ts";
import { EnvironmentError } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";

const NAME = "keeper";
/** After a runner's last word all of it goes. */
const SILENCE_MS = 300_000;
const PUT_OFF_MS = 60_000;

/**
 * Creates the Job that owns all that the run is about to make in the user's namespace: the cluster deletes it, and that with it,
 * once this runner no longer puts its deadline off. It takes no rights but those by which load is made.
 */
export async function deployLentKeeper(cluster: Cluster, image: string, lifetime: Lifetime): Promise<void> {
  const { lent } = cluster;
  if (!lent) return;
  const keeper = SHARED.object<V1Job>("keeper-lent", "Job");
  const [container] = keeper.spec?.template.spec?.containers ?? [];
  if (!keeper.spec || !container) throw new Error("manifests/keeper-lent has a Job without a container");
  container.image = image;
  keeper.spec.activeDeadlineSeconds = SILENCE_MS / 1000;
  const made = await apply(cluster, keeper).catch((error: unknown) => {
    throw new EnvironmentError(`Job ${NAME} can't be created in namespace ${cluster.namespace}: ${apiReason(error)}`);
  });
  const { uid = "" } = made.metadata ?? {};
  lent.owner = { apiVersion: "batch/v1", kind: "Job", name: NAME, uid };
  void putOff(cluster, lifetime);
}

/** Pure: a Job's deadline counts from its start. */
export function deadlineSeconds(startedMs: number, nowMs: number): number {
  return Math.ceil((nowMs - startedMs + SILENCE_MS) / 1000);
}

function putOff({ batch, namespace }: Cluster, lifetime: Lifetime): Promise<void> {
  const startedMs = performance.now();
  const later = () => {
    const body = { spec: { activeDeadlineSeconds: deadlineSeconds(startedMs, performance.now()) } };
    return batch.patchNamespacedJob({ name: NAME, namespace, body }, MERGING);
  };
  const gone = `what this run has made in namespace ${namespace} was taken down while it was at work`;
  return whileLiving(PUT_OFF_MS, lifetime, later, gone);
}
