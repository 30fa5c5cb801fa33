import { z } from "zod";
import { apiReason, type Cluster, isNotFound } from "../../cluster/cluster.ts";
import { FIELD_MANAGER } from "../../cluster/manifests.ts";
import { EnvironmentError } from "../../errors.ts";
import { type LeftField, patchBetween, putBackFields } from "./changed-fields.ts";
import {
  Conflict,
  editRaw,
  patchable,
  type RawDeployment,
  type RawReplicaSet,
  readRaw,
  replicaSetsOf,
} from "./deployment-api.ts";
import { areSameOwners, FieldOwner, givenBack } from "./field-owners.ts";
import { valueAt } from "./patch-fields.ts";
import { readWithPods, rolledBack, selectorOf } from "./rollout.ts";
import { isSame } from "./tree.ts";

const Step = z.union([z.string(), z.object({ name: z.string() })]);

/** All that putting a user's Deployment back needs. Of its fields it holds those only that were changed. */
export const WorkloadChange = z.object({
  kind: z.literal("Deployment"),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  changes: z.array(z.object({ path: z.array(Step), before: z.unknown().optional(), after: z.unknown().optional() })),
  /** What other managers owned, and lost by it. */
  taken: z.array(FieldOwner),
  /** Its ReplicaSets from before; null: they may not be listed. */
  replicaSets: z.array(z.string()).nullable(),
});
export type WorkloadChange = z.infer<typeof WorkloadChange>;

export interface PuttingBack {
  tell(sentence: string): void;
  isHurried(): boolean;
}

/** Others who are at work on it are let go first so often. */
const ATTEMPTS = 10;
/** For its pods. All is put back before. */
const MOST_MS = 180_000;

/**
 * Gives each field its value from before where it still has ours, and other managers what they owned; waits for the rollout, and
 * takes away the ReplicaSet that came of the try. May meet a change that was never made, or that is undone already.
 */
export async function putBackWorkload(cluster: Cluster, change: WorkloadChange, how: PuttingBack): Promise<void> {
  const called = `Deployment ${change.namespace}/${change.name}`;
  const left = await fieldsBack(cluster, change, called);
  if (left === "gone") {
    how.tell(`${called} is gone, or is another one by now: nothing is put back there`);
    return;
  }
  for (const { field } of left) {
    how.tell(
      `${field} of ${called} is no longer what this run set: somebody else has changed it, so it is left as it is`,
    );
  }
  if (how.isHurried()) {
    how.tell(`${called} is as it was; the cluster rolls its pods back by itself`);
    return;
  }
  const end = await rolledBack(cluster, change, { mostMs: MOST_MS, isEnough: () => how.isHurried() });
  if (end.done) await dropReplicaSet(cluster, change, how);
  else how.tell(`${called} is as it was, and its pods are not all there yet: ${end.because}`);
}

async function fieldsBack(
  cluster: Cluster,
  change: WorkloadChange,
  called: string,
): Promise<readonly LeftField[] | "gone"> {
  for (let attempt = 1; ; attempt++) {
    try {
      const now = await readIfThere(cluster, change);
      if (now?.metadata.uid !== change.uid) return "gone";
      const from = patchable(now);
      const { object: to, left } = putBackFields(from, change.changes);
      const edits = patchBetween(from, to);
      const back = edits.length === 0 ? now : await editRaw(cluster, change, edits, now.metadata.resourceVersion);
      await ownersBack(cluster, change, back, left);
      return left;
    } catch (error) {
      if (error instanceof Conflict && attempt < ATTEMPTS) continue;
      throw new EnvironmentError(`${called} could not be put back: ${apiReason(error)}`, { cause: error });
    }
  }
}

/** In a request of its own: whoever changes a value in the same one becomes its owner. */
async function ownersBack(
  cluster: Cluster,
  change: WorkloadChange,
  { metadata }: RawDeployment,
  left: readonly LeftField[],
): Promise<void> {
  const owners = givenBack(
    metadata.managedFields,
    change.taken,
    FIELD_MANAGER,
    left.map(({ path }) => path),
  );
  if (areSameOwners(owners, metadata.managedFields)) return;
  const edit = { op: "replace", path: "/metadata/managedFields", value: owners } as const;
  await editRaw(cluster, change, [edit], metadata.resourceVersion);
}

async function readIfThere(cluster: Cluster, change: WorkloadChange): Promise<RawDeployment | undefined> {
  try {
    return await readRaw(cluster, change);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Else `kubectl rollout undo` would lead to it. Who may not is told, and has one more in the history. */
async function dropReplicaSet(cluster: Cluster, change: WorkloadChange, { tell }: PuttingBack): Promise<void> {
  const { namespace, uid, replicaSets } = change;
  if (replicaSets === null) return;
  try {
    const [deployment] = await readWithPods(cluster, change);
    const sets = await replicaSetsOf(cluster, namespace, uid, selectorOf(deployment));
    for (const { metadata } of sets.filter((each) => isOfTheTry(each, replicaSets, change)))
      await cluster.apps.deleteNamespacedReplicaSet({ namespace, name: metadata.name });
  } catch (error) {
    tell(
      `The ReplicaSet of the try stays in the history of Deployment ${namespace}/${change.name}: ${apiReason(error)}`,
    );
  }
}

/** Pure: new since, without pods, and with each field of the pods as the try set it. */
export function isOfTheTry(
  set: RawReplicaSet,
  before: readonly string[],
  { changes }: Pick<WorkloadChange, "changes">,
): boolean {
  const isEmpty = set.spec.replicas === 0 && set.status.replicas === 0;
  const ofPods = changes.filter(({ path }) => path[0] === "spec" && path[1] === "template");
  const isAsSet = ofPods.every(({ path, after }) => isSame(valueAt(set, path), after));
  return !before.includes(set.metadata.name) && isEmpty && ofPods.length > 0 && isAsSet;
}
