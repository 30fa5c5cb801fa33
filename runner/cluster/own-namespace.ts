import type { KubernetesObject } from "@kubernetes/client-node";

/** As the manifests have it. */
const WRITTEN = "packetwalk";

/**
 * Everything that packetwalk creates on a target lives in this one namespace. PACKETWALK_NAMESPACE names another, so that
 * several users of one cluster, or the test files of one lab, have one each.
 */
export const NAMESPACE = process.env.PACKETWALK_NAMESPACE ?? WRITTEN;

/** Pure: the object of a manifest as it belongs into NAMESPACE; one that is in no namespace names it where it refers to it. */
export function inOwnNamespace(object: KubernetesObject): KubernetesObject {
  if (NAMESPACE === WRITTEN) return object;
  const { metadata } = object;
  const isTheNamespace = object.kind === "Namespace" && metadata?.name === WRITTEN;
  return {
    ...withSubjects(object),
    ...(isTheNamespace ? { metadata: { ...metadata, name: NAMESPACE } } : {}),
    ...(metadata?.namespace === WRITTEN ? { metadata: { ...metadata, namespace: NAMESPACE } } : {}),
  };
}

/** A binding names its service accounts with their namespace. */
function withSubjects(object: KubernetesObject & { subjects?: { namespace?: string }[] }): KubernetesObject {
  if (!object.subjects) return object;
  const subjects = object.subjects.map((each) =>
    each.namespace === WRITTEN ? { ...each, namespace: NAMESPACE } : each,
  );
  return { ...object, subjects } as KubernetesObject;
}
