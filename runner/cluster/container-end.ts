import type { V1ContainerStateTerminated, V1Pod } from "@kubernetes/client-node";

/**
 * How one container of a pod has ended; undefined while it has not, or where that is not told.
 * @param name as its manifest has it
 */
export function containerEnd({ status }: V1Pod, name: string): V1ContainerStateTerminated | undefined {
  return status?.containerStatuses?.find((each) => each.name === name)?.state?.terminated;
}

/**
 * Whether a container of a pod that is not restarted has ended. By its own state first: a sidecar that somebody injected runs on, and
 * the pod's phase is "Running" for as long.
 */
export function hasContainerEnded(pod: V1Pod, name: string): boolean {
  return containerEnd(pod, name) !== undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Whether it has failed, or its pod has before it could begin. */
export function hasContainerFailed(pod: V1Pod, name: string): boolean {
  const end = containerEnd(pod, name);
  return pod.status?.phase === "Failed" || (end !== undefined && end.exitCode !== 0);
}
