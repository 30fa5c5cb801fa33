import type { V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { ownPods } from "../cluster/ours.ts";
import { podTrouble } from "../cluster/pods.ts";
import { refusalCheck } from "../cluster/refused-pods.ts";
import { waitFor } from "../cluster/wait.ts";
import { EnvironmentError } from "../errors.ts";

const NAME = "scout";

/**
 * Finds nodes for a run without asking for them: by where the scheduler puts a few pods that do nothing.
 * @returns their names, in order; at least one
 */
export async function scoutNodes(cluster: Cluster, image: string, signal?: AbortSignal): Promise<string[]> {
  const job = SHARED.object<V1Job>("scout", "Job");
  const [container] = job.spec?.template.spec?.containers ?? [];
  if (!container) throw new Error("manifests/scout has no container");
  container.image = image;
  try {
    await apply(cluster, job);
  } catch (error) {
    throw new EnvironmentError(`the pods that look for nodes can't be created: ${apiReason(error)}`);
  }
  const nodes = await landed(cluster, job.spec?.completions ?? 1, signal);
  await cluster.batch.deleteNamespacedJob({
    ...{ name: NAME, namespace: cluster.namespace },
    propagationPolicy: "Background",
  });
  return nodes;
}

async function landed(cluster: Cluster, wanted: number, signal: AbortSignal | undefined): Promise<string[]> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "Job", name: NAME });
  return waitFor(
    "a place for packetwalk's pods",
    async () => {
      const { namespace } = cluster;
      const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: ownPods(NAME) });
      trouble = podTrouble(items);
      await isRefused(items, wanted);
      const nodes = items.flatMap(({ spec }) => spec?.nodeName ?? []);
      return nodes.length >= wanted ? [...new Set(nodes)].sort() : undefined;
    },
    { timeoutMs: 60_000, describe: () => trouble, signal },
  );
}
