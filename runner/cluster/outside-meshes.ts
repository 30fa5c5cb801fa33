import type { KubernetesObject, V1ObjectMeta } from "@kubernetes/client-node";

/** What Consul looks for, on pods only; other meshes are told by the namespace (manifests/namespace). */
const ANNOTATIONS = { "consul.hashicorp.com/connect-inject": "false" };

interface Templated extends KubernetesObject {
  readonly spec?: { readonly template?: { readonly metadata?: V1ObjectMeta } };
}

/** Pure: a pod, or what makes pods, so that no mesh puts a sidecar into them. */
export function outsideMeshes(object: KubernetesObject): KubernetesObject {
  if (object.kind === "Pod") return { ...object, metadata: annotated(object.metadata) };
  const { spec } = object as Templated;
  if (!spec?.template) return object;
  const template = { ...spec.template, metadata: annotated(spec.template.metadata) };
  return { ...object, spec: { ...spec, template } } as KubernetesObject;
}

function annotated(metadata: V1ObjectMeta | undefined): V1ObjectMeta {
  return { ...metadata, annotations: { ...metadata?.annotations, ...ANNOTATIONS } };
}
