import type { V1Pod } from "@kubernetes/client-node";
import { oneLine } from "../errors.ts";
import type { Cluster } from "./cluster.ts";
import { boundTo } from "./on-nodes.ts";

/** The newest warning event of a namespace; empty if there is none, or it can't be read. */
export async function lastWarning(cluster: Cluster, namespace: string): Promise<string> {
  try {
    const { items } = await cluster.core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning" });
    const newest = items.sort((a, b) => Number(a.lastTimestamp ?? 0) - Number(b.lastTimestamp ?? 0)).at(-1);
    return newest ? `${newest.involvedObject.name}: ${oneLine(newest.message ?? newest.reason ?? "")}` : "";
  } catch {
    return "";
  }
}

/** As its node says it; of a pod that is being deleted as well. */
export function isPodReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Why pods are not running yet, in the cluster's own words on one line; empty if it doesn't say. */
export function podTrouble(pods: V1Pod[]): string {
  return oneLine(troubleOf(pods));
}

function troubleOf(pods: V1Pod[]): string {
  for (const pod of pods) {
    const unscheduled = pod.status?.conditions?.find((each) => each.type === "PodScheduled" && each.status === "False");
    if (unscheduled) {
      const nodes = boundTo(pod);
      const only = nodes.length > 0 ? ` may only run on ${nodes.join(" or ")}` : "";
      return `${pod.metadata?.name}${only}: ${unscheduled.message ?? unscheduled.reason}`;
    }
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    for (const container of [...initContainerStatuses, ...containerStatuses]) {
      const waiting = container.state?.waiting;
      if (waiting?.reason && !["ContainerCreating", "PodInitializing"].includes(waiting.reason)) {
        const said = waiting.message ?? container.lastState?.terminated?.message ?? "";
        return `${pod.metadata?.name}: ${waiting.reason} ${said}`.trim();
      }
      const ended = container.state?.terminated;
      if (ended && ended.exitCode !== 0) {
        const said = ended.message?.trim().split("\n").at(-1) ?? `ended with ${ended.reason} (exit ${ended.exitCode})`;
        return `${pod.metadata?.name}: ${said}`;
      }
    }
    if (pod.status?.phase === "Failed")
      return `${pod.metadata?.name}: ${pod.status.reason ?? "failed"} ${pod.status.message ?? ""}`.trim();
  }
  return pods.length === 0 ? "no pod was created" : "";
}

/**
 * The id by which a pod's node knows a container; undefined while that does not run.
 * @param name as its manifest has it: whoever injects a sidecar may put it first
 */
export function containerIdOf(pod: V1Pod, name: string): string | undefined {
  const status = pod.status?.containerStatuses?.find((each) => each.name === name);
  if (!status?.state?.running) return undefined;
  // "containerd://ID", "cri-o://ID", "docker://ID"
  return status.containerID?.replace(/^.*:\/\//, "");
}
