/** A user's Deployment as the API has it, without a model that would drop what it does not know. */
import { ApiException, CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { z } from "zod";
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { FIELD_MANAGER } from "../../cluster/manifests.ts";
import { EnvironmentError } from "../../errors.ts";
import type { PatchOperation } from "./changed-fields.ts";
import { FieldOwner } from "./field-owners.ts";
import type { JsonMap } from "./tree.ts";
import type { UserPatch } from "./user-patch.ts";

const RawDeployment = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).exactOptional(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
    managedFields: z.array(FieldOwner).default([]),
  }),
  spec: z.record(z.string(), z.unknown()),
});
export type RawDeployment = z.infer<typeof RawDeployment>;

export interface DeploymentName {
  readonly namespace: string;
  readonly name: string;
}

/** A ReplicaSet, as far as it tells whose it is and what its pods are made from. */
const RawReplicaSet = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  spec: z.looseObject({ replicas: z.number().default(0) }),
  status: z.object({ replicas: z.number().default(0) }).default({ replicas: 0 }),
});
export type RawReplicaSet = z.infer<typeof RawReplicaSet>;

/** The parts of it that a patch may change. */
export function patchable({ metadata: { labels, annotations }, spec }: RawDeployment): {
  readonly metadata: JsonMap;
  readonly spec: JsonMap;
} {
  return { metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }, spec };
}

/** Somebody else has changed it in the meantime; nothing was done. */
export class Conflict extends EnvironmentError {
  override name = "Conflict";
}

/** The API, or a policy behind it, does not take what was sent; nothing was done. */
export class PatchRefused extends EnvironmentError {
  override name = "PatchRefused";
}

export async function readRaw(cluster: Cluster, { namespace, name }: DeploymentName): Promise<RawDeployment> {
  return RawDeployment.parse(await api(cluster).getNamespacedCustomObject(at({ namespace, name })));
}

/**
 * Sets what a patch says as our own fields, if the Deployment is still the one that was read.
 * @throws Conflict, PatchRefused
 */
export function patchRaw(
  cluster: Cluster,
  of: DeploymentName,
  { by, body }: UserPatch,
  { resourceVersion, dryRun }: { readonly resourceVersion: string; readonly dryRun: boolean },
): Promise<RawDeployment> {
  const { namespace, name } = of; // and nothing else that its caller may know of it
  const metadata = { ...Object(body.metadata), namespace, name, resourceVersion };
  const sent =
    by === "apply" ? { ...body, apiVersion: "apps/v1", kind: "Deployment", metadata } : { ...body, metadata };
  const how = by === "apply" ? PatchStrategy.ServerSideApply : PatchStrategy.StrategicMergePatch;
  const only = by === "apply" ? { force: true } : {};
  return sentPatch(cluster, of, sent, how, { ...only, ...(dryRun ? { dryRun: "All" } : {}) });
}

/**
 * Changes exactly what the operations say, if the Deployment is still the one that was read.
 * @throws Conflict, PatchRefused
 */
export function editRaw(
  cluster: Cluster,
  of: DeploymentName,
  operations: readonly PatchOperation[],
  resourceVersion: string,
): Promise<RawDeployment> {
  // Of another version than there is: the API answers 409.
  const guard: PatchOperation = { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion };
  return sentPatch(cluster, of, [guard, ...operations], PatchStrategy.JsonPatch, {});
}

async function sentPatch(
  cluster: Cluster,
  of: DeploymentName,
  body: object,
  how: PatchStrategy,
  more: { readonly force?: boolean; readonly dryRun?: string },
): Promise<RawDeployment> {
  try {
    const asked = { ...at(of), body, fieldManager: FIELD_MANAGER, ...more };
    return RawDeployment.parse(
      await api(cluster).patchNamespacedCustomObject(asked, setHeaderOptions("Content-Type", how)),
    );
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    if (error.code === 409) throw new Conflict(apiReason(error));
    if (error.code >= 400 && error.code < 500 && error.code !== 429) throw new PatchRefused(apiReason(error));
    // An apply of a field that the API does not know ends so.
    if (/field not declared in schema|failed to create typed patch object/.test(apiReason(error)))
      throw new PatchRefused(apiReason(error));
    throw new EnvironmentError(`Deployment ${of.namespace}/${of.name} can't be patched: ${apiReason(error)}`);
  }
}

/** A Deployment's, past and present. */
export async function replicaSetsOf(
  cluster: Cluster,
  namespace: string,
  uid: string,
  labelSelector: string,
): Promise<RawReplicaSet[]> {
  const asked = { ...at({ namespace, name: "" }), plural: "replicasets", labelSelector };
  const { items } = z
    .object({ items: z.array(RawReplicaSet) })
    .parse(await api(cluster).listNamespacedCustomObject(asked));
  return items.filter(({ metadata }) => metadata.ownerReferences.some((owner) => owner.uid === uid));
}

function api({ kubeconfig }: Cluster): CustomObjectsApi {
  return kubeconfig.makeApiClient(CustomObjectsApi);
}

function at({ namespace, name }: DeploymentName) {
  return { group: "apps", version: "v1", plural: "deployments", namespace, name };
}
