/** What would come of a patch of a user's Deployment, as the API says it; and the patch itself, if it still comes to that. */
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { FIELD_MANAGER } from "../../cluster/manifests.ts";
import { EnvironmentError } from "../../errors.ts";
import { changesBetween, type FieldChange } from "./changed-fields.ts";
import {
  Conflict,
  type DeploymentName,
  PatchRefused,
  patchable,
  patchRaw,
  type RawDeployment,
  readRaw,
} from "./deployment-api.ts";
import { type FieldOwner, takenFrom } from "./field-owners.ts";
import { isSame, type JsonMap } from "./tree.ts";
import { userPatch } from "./user-patch.ts";

export interface Trial {
  readonly patch: JsonMap;
  readonly before: RawDeployment;
  readonly changes: readonly FieldChange[];
  /** From others. */
  readonly taken: readonly FieldOwner[];
}

/** Status changes of its own controller come between a reading and what follows from it. */
const ATTEMPTS = 5;

/**
 * By a dry run, with the API's defaults and with policies that change or refuse it; nothing is done.
 * @throws EnvironmentError where it can't be asked
 */
export async function tryPatch(cluster: Cluster, of: DeploymentName, patch: JsonMap): Promise<Trial | PatchRefused> {
  return again(async () => {
    const before = await readOrSay(cluster, of);
    const { resourceVersion } = before.metadata;
    try {
      const sent = userPatch(patch, patchable(before));
      const after = await patchRaw(cluster, of, sent, { resourceVersion, dryRun: true });
      return {
        ...{ patch, before, changes: changesBetween(patchable(before), patchable(after)) },
        taken: takenFrom(before.metadata.managedFields, after.metadata.managedFields, FIELD_MANAGER),
      };
    } catch (error) {
      if (error instanceof PatchRefused) return error;
      throw error;
    }
  });
}

/**
 * Makes the change that was tried, and is journalled so: if it would be another one by now, it is not made.
 * @throws PatchRefused
 */
export async function makeAsTried(cluster: Cluster, of: DeploymentName, trial: Trial): Promise<void> {
  const { patch } = trial;
  await again(async () => {
    const now = await tryPatch(cluster, of, patch);
    if (now instanceof PatchRefused) throw now;
    if (!isSame([now.changes, now.taken], [trial.changes, trial.taken]))
      throw new PatchRefused(`somebody else is changing Deployment ${of.namespace}/${of.name}: nothing was set there`);
    const { resourceVersion } = now.before.metadata;
    await patchRaw(cluster, of, userPatch(patch, patchable(now.before)), { resourceVersion, dryRun: false });
  });
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function readOrSay(cluster: Cluster, of: DeploymentName): Promise<RawDeployment> {
  try {
    return await readRaw(cluster, of);
  } catch (error) {
    throw new EnvironmentError(`Deployment ${of.namespace}/${of.name} can't be read: ${apiReason(error)}`);
  }
}
