/** A namespace of the user's that a run works in: what is ours there comes and goes, and nothing else is touched. */
import type { KubernetesObject } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster, isNotFound } from "./cluster.ts";
import { ALL_OURS, isOurs, type OwnObject } from "./ours.ts";
import { waitFor } from "./wait.ts";

/**
 * To be called before an object is applied: makes sure that it is not somebody else's, and has it noted.
 * @throws EnvironmentError if the namespace has one of that name that packetwalk did not create
 */
export async function beforeApply(cluster: Cluster, object: KubernetesObject): Promise<void> {
  const { lent, namespace } = cluster;
  if (!lent || object.metadata?.namespace === undefined) return;
  const { apiVersion = "", kind = "", metadata } = object;
  const named = { apiVersion, kind, name: metadata.name ?? "" };
  const there = await read(cluster, named);
  if (there && !isOurs(there)) {
    throw new EnvironmentError(
      `namespace ${namespace} has a ${kind} ${named.name} that packetwalk did not create: rename or remove it, or choose another namespace`,
    );
  }
  lent.before(named);
}

/** Pure: the object with that as its owner, with which all of ours goes that is in a namespace of the user's. */
export function ownedByLent<T extends KubernetesObject>({ lent }: Pick<Cluster, "lent">, object: T): T {
  if (!lent?.owner || object.metadata?.namespace === undefined) return object;
  return { ...object, metadata: { ...object.metadata, ownerReferences: [lent.owner] } };
}

/** @throws EnvironmentError if another run is at work there, or has left something */
export async function assertNothingOfOurs(cluster: Cluster): Promise<void> {
  const [pod] = await podsOfOurs(cluster);
  if (pod === undefined) return;
  throw new EnvironmentError(
    `namespace ${cluster.namespace} is in use by another run or has what an interrupted one left (pod ${pod}); let it finish, or run packetwalk restore`,
  );
}

/** By name. */
export async function podsOfOurs({ core, namespace }: Cluster): Promise<string[]> {
  try {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: ALL_OURS });
    return items.map(({ metadata }) => metadata?.name ?? "");
  } catch (error) {
    throw new EnvironmentError(`the pods in namespace ${namespace} can't be listed: ${apiReason(error)}`);
  }
}

/** Deletes it, if it is there and ours, with the pods that it has made. */
export async function deleteOwnObject(cluster: Cluster, object: OwnObject): Promise<void> {
  const existing = await read(cluster, object);
  if (!existing || !isOurs(existing)) return;
  try {
    await cluster.objects.delete(existing, undefined, undefined, undefined, undefined, "Background");
  } catch (error) {
    if (isNotFound(error)) return;
    throw new EnvironmentError(`${object.kind} ${object.name} can't be deleted: ${apiReason(error)}`);
  }
}

/** Waits until no pod of ours is left: with its pods a run takes from the namespace's quota. */
export async function podsGone(cluster: Cluster): Promise<void> {
  let left: string[] = [];
  await waitFor(
    `the end of packetwalk's pods in namespace ${cluster.namespace}`,
    async () => {
      left = await podsOfOurs(cluster);
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: 120_000, intervalMs: 300, describe: () => left.join(", ") },
  );
}

async function read({ objects, namespace }: Cluster, { apiVersion, kind, name }: OwnObject) {
  try {
    return await objects.read({ apiVersion, kind, metadata: { name, namespace } });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new EnvironmentError(`${kind} ${name} in namespace ${namespace} can't be read: ${apiReason(error)}`);
  }
}
