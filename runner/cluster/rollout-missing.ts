import type { V1Deployment } from "@kubernetes/client-node";

/** Pure: what a Deployment lacks to be rolled out, as kubectl (pkg/polymorphichelpers/rollout_status.go) judges it. */
export function rolloutMissing({ metadata, spec, status }: V1Deployment): string {
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return "its controller has not seen it yet";
  const late = status?.conditions?.find((each) => each.type === "Progressing");
  if (late?.reason === "ProgressDeadlineExceeded") return "it exceeded its progress deadline";
  if (updatedReplicas < wanted) return `${updatedReplicas} of ${wanted} new pods exist`;
  if (replicas > updatedReplicas) return `older pods that still count: ${replicas - updatedReplicas}`;
  if (availableReplicas < updatedReplicas) return `${availableReplicas} of ${updatedReplicas} pods are available`;
  return "";
}
