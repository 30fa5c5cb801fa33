import type { KubernetesObject } from "@kubernetes/client-node";

/** As the manifests have it, and whatever else is applied: it becomes the cluster's namespace of ours then. */
export const WRITTEN_NAMESPACE = "packetwalk";
/** Of an object in no namespace: the namespace itself, or what is named after it. */
const OWN_NAME = /^packetwalk(?=-|$)/;

/**
 * Everything that packetwalk creates on a target lives in this namespace, unless another one is chosen. PACKETWALK_NAMESPACE
 * names another, so that several users of one cluster, or the test files of one lab, have one each.
 */
export const OWN_NAMESPACE = process.env.PACKETWALK_NAMESPACE ?? WRITTEN_NAMESPACE;

/** The same cluster, with another namespace of ours. */
export function inNamespace<C extends { readonly namespace: string }>(cluster: C, namespace: string): C {
  return { ...cluster, namespace };
}

interface Manifest extends KubernetesObject {
  readonly subjects?: readonly { readonly namespace?: string }[];
  readonly roleRef?: { readonly name: string };
}

/** Pure: what has no namespace has it in its name. */
export function ownName(written: string, namespace: string): string {
  return written.replace(OWN_NAME, namespace);
}

/**
 * Pure: the object of a manifest as it belongs into a namespace of ours. One that is in no namespace has it in its name ("packetwalk",
 * or "packetwalk-…"), so that runs in different namespaces of one cluster have one each, and where it refers to it.
 */
export function inOwnNamespace<T extends KubernetesObject>(object: T, namespace: string): T {
  if (namespace === WRITTEN_NAMESPACE) return object;
  const { metadata, roleRef, subjects }: Manifest = object;
  const own = (name: string) => ownName(name, namespace);
  const place =
    metadata?.namespace === undefined
      ? { name: own(metadata?.name ?? "") }
      : { namespace: metadata.namespace === WRITTEN_NAMESPACE ? namespace : metadata.namespace };
  return {
    ...object,
    ...(metadata ? { metadata: { ...metadata, ...place } } : {}),
    ...(roleRef ? { roleRef: { ...roleRef, name: own(roleRef.name) } } : {}),
    ...(subjects
      ? { subjects: subjects.map((each) => (each.namespace === WRITTEN_NAMESPACE ? { ...each, namespace } : each)) }
      : {}),
  };
}
