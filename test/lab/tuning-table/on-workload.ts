/** A Deployment as a user has one, on which all of the catalogue that workloads can have is tried as --workload does. */
import { readFileSync } from "node:fs";
import type { V1Deployment } from "@kubernetes/client-node";
import { parse } from "yaml";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { workloadPatchOf } from "../../../runner/experiment/workload-patches.ts";
import { tryOnWorkload } from "../../../runner/experiment/workload-try.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import type { WorkloadTry } from "../../../runner/result/workload.ts";
import type { PodPlace } from "../../../runner/tunings/read-back.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { rolloutEnd } from "../../../runner/tunings/workload/rollout.ts";
import type { JsonMap } from "../../../runner/tunings/workload/tree.ts";
import type { Change } from "../../../runner/undo/registry.ts";
import { undoChanges } from "../../../runner/undo/undo.ts";
import { SUITES } from "../../../suites/index.ts";

export interface UsersWorkload {
  readonly namespace: string;
  /** Those that are there now, one as a client and the others as servers. */
  pods(): Promise<PodPlace[]>;
  try(tunings: readonly Tuning[]): Promise<WorkloadTry>;
  remove(): Promise<void>;
}

export async function usersWorkload(
  cluster: Cluster,
  agents: Agents,
  {
    namespace,
    image,
    hasShell = true,
  }: { readonly namespace: string; readonly image: string; readonly hasShell?: boolean },
): Promise<UsersWorkload> {
  const name = "shop";
  await removed(cluster, namespace); // an earlier run's
  await cluster.core.createNamespace({ body: { metadata: { name: namespace } } });
  const text = readFileSync(new URL("workload.yaml", import.meta.url), "utf8");
  const deployment: V1Deployment = parse(text.replaceAll("{{NAMESPACE}}", namespace).replaceAll("{{IMAGE}}", image));
  const [container] = deployment.spec?.template.spec?.containers ?? [];
  // What the image does by itself then, without anything that takes a shell.
  if (!hasShell && container) {
    delete container.command;
    delete container.readinessProbe;
  }
  await cluster.objects.create(deployment);
  const end = await rolloutEnd(cluster, { namespace, name });
  if (!end.done) throw new Error(end.because);
  return {
    namespace,
    async pods() {
      const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
      // One that the kubelet has refused stays listed for a while after the Deployment is given back.
      const live = items.filter(({ metadata, status }) => !metadata?.deletionTimestamp && status?.phase === "Running");
      return live.map(({ metadata, spec }, index) => ({
        ...{ name: metadata?.name ?? "", uid: metadata?.uid ?? "", node: spec?.nodeName ?? "" },
        role: index === 0 ? "client" : "server",
      }));
    },
    try(tunings) {
      const recorded: Change[] = [];
      const nodes = async () => agents.nodes;
      const target = { cluster, agents: async () => agents, nodes, isHurried: () => false, tell: () => undefined };
      return tryOnWorkload(
        {
          ...{ cluster, agents, signal: new AbortController().signal },
          workload: { namespace, name, kind: "Deployment", container: "app" },
          tunings: tunings.map((tuning) => ({ tuning, patch: patchOf(tuning) })),
          changes: {
            record: (change) => void recorded.push(change),
            revert: () => undoChanges(target, recorded, silent),
          },
        },
        silent,
      );
    },
    remove: () => removed(cluster, namespace),
  };
}

/** Of the first suite that can stage its kind: the others' patches would be the same. */
export function patchOf(tuning: Tuning): JsonMap | null {
  for (const suite of SUITES) {
    const patch = workloadPatchOf(suite, tuning);
    if (patch !== null) return patch;
  }
  return null;
}

async function removed(cluster: Cluster, name: string): Promise<void> {
  const isGone = async () => {
    try {
      await cluster.core.deleteNamespace({ name });
      return undefined;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  };
  await waitFor(`the end of ${name}`, isGone, { timeoutMs: 120_000 });
}
