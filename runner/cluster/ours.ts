import type { KubernetesObject, V1ObjectMeta } from "@kubernetes/client-node";

const MANAGED = "app.kubernetes.io/managed-by";
const PART = "app.kubernetes.io/part-of";

/** Label selector of pods of ours by their name: in a namespace of the user's others may be called so too. */
export function ownPods(name: string): string {
  return `app.kubernetes.io/name=${name},${PART}=packetwalk`;
}

/** Label selector of all that is ours. */
export const ALL_OURS = `${MANAGED}=packetwalk`;

export function isOurs({ metadata }: { readonly metadata?: V1ObjectMeta }): boolean {
  return metadata?.labels?.[MANAGED] === "packetwalk";
}

/** Pods of a workload of ours, too, which nobody but that workload manages. */
export function isPartOfOurs({ metadata }: { readonly metadata?: V1ObjectMeta }): boolean {
  return metadata?.labels?.[PART] === "packetwalk";
}

/** Pure: the object with the labels by which it is known as ours. */
export function marked<T extends KubernetesObject>(object: T): T {
  const labels = { ...object.metadata?.labels, [PART]: "packetwalk", [MANAGED]: "packetwalk" };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** An object says by it which run made it. */
export const RUN = "packetwalk.dev/run";

/** Pure: the object, as a run makes it. */
export function madeByRun<T extends KubernetesObject>(object: T, run: string | undefined): T {
  if (run === undefined) return object;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [RUN]: run } },
  };
}

/** Names an object in the cluster's namespace of ours. */
export interface OwnObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}
