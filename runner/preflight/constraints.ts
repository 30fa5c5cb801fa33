/**
 * OpenShift's SecurityContextConstraints: of what a controller makes, its service account decides, and not the user; so a dry run as
 * the user says too much. They go by the namespace, and are not asked for in "default".
 */
import { CustomObjectsApi, type V1PodSpec } from "@kubernetes/client-node";
import { z } from "zod";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import type { Admission } from "./admission.ts";

const KIND = { group: "security.openshift.io", version: "v1", plural: "podsecuritypolicysubjectreviews" } as const;
const Reviewed = z.object({
  status: z.object({ allowedBy: z.object({ name: z.string() }).nullish(), reason: z.string().nullish() }).default({}),
});

/** What can't be told of a namespace that is not there. */
export const NOT_THERE: Admission = {
  state: "unknown",
  says: "OpenShift's SecurityContextConstraints go by the namespace, and packetwalk's is not there yet; in one of yours (--namespace) they can be asked",
};

/** What they say to a pod that a Job or a Deployment makes in this namespace, as its default service account. */
export async function byConstraints({ kubeconfig }: Cluster, namespace: string, pod: V1PodSpec): Promise<Admission> {
  const spec = { template: { spec: { ...pod, serviceAccountName: "default" } } };
  const body = { apiVersion: `${KIND.group}/${KIND.version}`, kind: "PodSecurityPolicySubjectReview", spec };
  try {
    const made: unknown = await kubeconfig
      .makeApiClient(CustomObjectsApi)
      .createNamespacedCustomObject({ ...KIND, namespace, body });
    const { allowedBy, reason } = Reviewed.parse(made).status;
    if (allowedBy) return { state: "accepted" };
    return {
      state: "refused",
      says: `no SecurityContextConstraints allow them to service account default of namespace ${namespace}${reason ? `: ${reason}` : ""}`,
    };
  } catch (error) {
    return {
      state: "unknown",
      says: `what SecurityContextConstraints allow to service account default can't be asked: ${apiReason(error)}`,
    };
  }
}
