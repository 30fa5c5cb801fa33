import type { V1Job, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { SHARED } from "../cluster/manifests.ts";

/** A pod as a load's are, with more to it: what is asked about, and not made. */
export function loadPod({ securityContext, ...change }: Partial<V1PodSpec>): V1Pod {
  const template = SHARED.object<V1Job>("load", "Job").spec?.template;
  if (!template?.spec) throw new Error("manifests/load has no pod template");
  const { spec } = template;
  return {
    ...template,
    spec: { ...spec, ...change, securityContext: { ...spec.securityContext, ...securityContext } },
  };
}
