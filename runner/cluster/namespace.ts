import { randomUUID } from "node:crypto";
import { ApiException, type V1Namespace, type V1NetworkPolicy } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster, isNotFound } from "./cluster.ts";
import { holderWords as leaseWords, readLease } from "./lease.ts";
import { assertNothingOfOurs } from "./lent-namespace.ts";
import { apply, SHARED } from "./manifests.ts";
import { holderOf, holderWords, madeBy } from "./namespace-holder.ts";
import { ownedBy } from "./namespace-owner.ts";
import { isOurs, marked } from "./ours.ts";
import { inOwnNamespace } from "./own-namespace.ts";
import { copyPullSecret } from "./pull-secret.ts";
import { waitFor } from "./wait.ts";

/** By which a run knows its namespace from another run's of the same name. */
export function newRunId(): string {
  return randomUUID();
}

/**
 * Creates the namespace, for one run at a time; `before` is called when it is about to be created, to journal it. One that the
 * user lent is there; traffic in it is allowed when there is what takes that back.
 * @param first another namespace of the run: this one goes when that one has gone
 * @throws EnvironmentError if a namespace of that name is there already, ours or not: another run may be using it.
 */
export async function createNamespace(
  cluster: Cluster,
  run: string = newRunId(),
  before: () => void = () => {},
  first?: Cluster,
): Promise<void> {
  if (cluster.lent) {
    return assertNothingOfOurs(cluster);
  }
  const there = await readNamespace(cluster);
  if (there && isOurs(there) && there.metadata?.deletionTimestamp) await untilGone(cluster);
  else if (there) throw await taken(cluster, there);
  before();
  const named = inOwnNamespace(marked(SHARED.object<V1Namespace>("namespace", "Namespace")), cluster.namespace);
  const made = first ? await ownedBy(first, named) : named;
  try {
    // Created, not applied: of two runs that come at the same time one is refused.
    await cluster.core.createNamespace({ body: madeBy(run, made) });
  } catch (error) {
    const first = error instanceof ApiException && error.code === 409 ? await readNamespace(cluster) : undefined;
    if (first) throw await taken(cluster, first);
    throw new EnvironmentError(`namespace ${cluster.namespace} can't be created: ${apiReason(error)}`);
  }
  if (cluster.pullSecret) await copyPullSecret(cluster, cluster.pullSecret);
  await allowTraffic(cluster);
}

async function taken(cluster: Cluster, there: V1Namespace): Promise<EnvironmentError> {
  const name = there.metadata?.name;
  if (!isOurs(there)) {
    return new EnvironmentError(
      `the cluster has a namespace ${name} that packetwalk did not create; rename or remove it`,
    );
  }
  const lease = await readLease(cluster);
  const holder = holderOf(there);
  const who = lease ? leaseWords(lease) : holder && holderWords(holder);
  return new EnvironmentError(
    `namespace ${name} is in use by another run or left by an interrupted one${who ? ` (${who})` : ""}; let it finish, or run packetwalk restore`,
  );
}

/** Who may not make policies has pods that answer all the same, unless somebody else's policy forbids it. */
export async function allowTraffic(cluster: Cluster): Promise<void> {
  const policy = SHARED.object<V1NetworkPolicy>("namespace", "NetworkPolicy");
  try {
    await apply(cluster, cluster.lent ? forOursOnly(policy) : policy);
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return;
    throw new EnvironmentError(`traffic in namespace ${cluster.namespace} can't be allowed: ${apiReason(error)}`);
  }
}

/** Pure: other people's pods in the namespace keep the policies that they have. */
export function forOursOnly(policy: V1NetworkPolicy): V1NetworkPolicy {
  const podSelector = { matchLabels: { "app.kubernetes.io/part-of": "packetwalk" } };
  return { ...policy, spec: { ...policy.spec, podSelector } };
}

/**
 * Deletes the namespace and all in it, and waits until it is gone. Leaves a namespace that is not ours alone.
 * @param run whose it has to be; a namespace that says nothing of its run, as those of older versions, may be anybody's
 * @param isHurried whether it is enough that the cluster has taken the order, which it carries out by itself
 */
export async function deleteNamespace(cluster: Cluster, run?: string, isHurried = () => false): Promise<void> {
  const there = await readNamespace(cluster);
  if (!there || !isOurs(there)) return;
  // Another run's: this one's has gone before.
  const holder = holderOf(there);
  if (run !== undefined && holder && holder.run !== run) return;
  await cluster.core.deleteNamespace({ name: cluster.namespace, propagationPolicy: "Background" });
  // The namespace controller looks at what is in it after 5 s only (namespaceDeletionGracePeriod), and again seconds later
  // while pods still end. New ones are refused from now on, so that these can end meanwhile. Who may not do it waits.
  await cluster.core.deleteCollectionNamespacedPod({ namespace: cluster.namespace }).catch(() => undefined);
  await untilGone(cluster, isHurried);
}

async function untilGone(cluster: Cluster, isHurried = () => false): Promise<void> {
  const isOver = async () => (isHurried() || !(await namespaceExists(cluster)) ? true : undefined);
  await waitFor(`deleting namespace ${cluster.namespace}`, isOver, { timeoutMs: 120_000 });
}

/** Whether a namespace of ours is there (a leftover, or another run's). */
export async function namespaceExists(cluster: Cluster): Promise<boolean> {
  return (await namespaceState(cluster)) !== "absent";
}

/** Of the namespace that would be ours. */
export async function namespaceState(cluster: Cluster): Promise<"absent" | "ours" | "foreign"> {
  const there = await readNamespace(cluster);
  if (!there) return "absent";
  return isOurs(there) ? "ours" : "foreign";
}

async function readNamespace(cluster: Cluster): Promise<V1Namespace | undefined> {
  try {
    return await cluster.core.readNamespace({ name: cluster.namespace });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new EnvironmentError(`namespace ${cluster.namespace} can't be read: ${apiReason(error)}`);
  }
}
