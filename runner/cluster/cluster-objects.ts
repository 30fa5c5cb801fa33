import type { KubernetesObject } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster, isNotFound } from "./cluster.ts";
import { apply } from "./manifests.ts";
import { ownedBy } from "./namespace-owner.ts";
import { isOurs } from "./ours.ts";
import { inOwnNamespace } from "./own-namespace.ts";

/** Names an object that is in no namespace. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * Creates an object that is in no namespace; `before` is called when it is about to be created, to journal it.
 * @throws EnvironmentError if the cluster refuses it, or has one of that name that packetwalk did not create
 */
export async function createClusterObject(
  cluster: Cluster,
  object: KubernetesObject,
  before: (object: ClusterObject) => void,
): Promise<void> {
  const named = nameOf(inOwnNamespace(object, cluster.namespace));
  const existing = await read(cluster, named);
  if (existing && !isOurs(existing)) {
    throw new EnvironmentError(
      `the cluster has a ${named.kind} ${named.name} that packetwalk did not create; rename or remove it`,
    );
  }
  before(named);
  try {
    await apply(cluster, await ownedBy(cluster, object));
  } catch (error) {
    throw new EnvironmentError(`${named.kind} ${named.name} can't be created: ${apiReason(error)}`);
  }
}

/** Deletes it, if it is there and ours. */
export async function deleteClusterObject(cluster: Cluster, object: ClusterObject): Promise<void> {
  const existing = await read(cluster, object);
  if (!existing || !isOurs(existing)) return;
  try {
    await cluster.objects.delete(existing);
  } catch (error) {
    if (isNotFound(error)) return;
    throw new EnvironmentError(`${object.kind} ${object.name} can't be deleted: ${apiReason(error)}`);
  }
}

async function read(
  cluster: Cluster,
  { apiVersion, kind, name }: ClusterObject,
): Promise<KubernetesObject | undefined> {
  try {
    return await cluster.objects.read({ apiVersion, kind, metadata: { name } });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new EnvironmentError(`${kind} ${name} can't be read: ${apiReason(error)}`);
  }
}

function nameOf({ apiVersion = "", kind = "", metadata }: KubernetesObject): ClusterObject {
  return { apiVersion, kind, name: metadata?.name ?? "" };
}
