import type { KubernetesObject } from "@kubernetes/client-node";

/** As the manifests have it. */
const WRITTEN = "packetwalk";
/** Of an object in no namespace: the namespace itself, or what is named after it. */
const OWN_NAME = /^packetwalk(?=-|$)/;

/**
 * Everything that packetwalk creates on a target lives in this one namespace. PACKETWALK_NAMESPACE names another, so that
 * several users of one cluster, or the test files of one lab, have one each.
 */
export const NAMESPACE = process.env.PACKETWALK_NAMESPACE ?? WRITTEN;

interface Manifest extends KubernetesObject {
  readonly subjects?: readonly { readonly namespace?: string }[];
  readonly roleRef?: { readonly name: string };
}

/**
 * Pure: the object of a manifest as it belongs into NAMESPACE. One that is in no namespace has it in its name ("packetwalk",
 * or "packetwalk-…"), so that runs in different namespaces of one cluster have one each, and where it refers to it.
 */
export function inOwnNamespace(object: KubernetesObject, namespace = NAMESPACE): KubernetesObject {
  if (namespace === WRITTEN) return object;
  const { metadata, roleRef, subjects }: Manifest = object;
  const own = (name: string) => name.replace(OWN_NAME, namespace);
  const place =
    metadata?.namespace === undefined
      ? { name: own(metadata?.name ?? "") }
      : { namespace: metadata.namespace === WRITTEN ? namespace : metadata.namespace };
  return {
    ...object,
    ...(metadata ? { metadata: { ...metadata, ...place } } : {}),
    ...(roleRef ? { roleRef: { ...roleRef, name: own(roleRef.name) } } : {}),
    ...(subjects
      ? { subjects: subjects.map((each) => (each.namespace === WRITTEN ? { ...each, namespace } : each)) }
      : {}),
  };
}
