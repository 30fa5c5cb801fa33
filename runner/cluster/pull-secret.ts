import { PatchStrategy, setHeaderOptions, type V1ServiceAccount } from "@kubernetes/client-node";
import { EnvironmentError, UsageError } from "../errors.ts";
import { apiReason, type Cluster, isNotFound, type PullSecret } from "./cluster.ts";
import { waitFor } from "./wait.ts";

/** Under which its copy is in our namespace, and goes with it. */
const COPY = "packetwalk-pull";
const TYPES = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

/**
 * Copies the Secret into our namespace, which is there already, and has its pods use it.
 * @throws UsageError if it is not there or not of this kind; EnvironmentError if it can't be read or copied
 */
export async function copyPullSecret(cluster: Cluster, { namespace, name }: PullSecret): Promise<void> {
  const secret = await cluster.core.readNamespacedSecret({ namespace, name }).catch((error: unknown) => {
    if (isNotFound(error)) throw new UsageError(`--image-pull-secret: namespace ${namespace} has no Secret ${name}`);
    throw new EnvironmentError(`the Secret ${name} in namespace ${namespace} can't be read: ${apiReason(error)}`);
  });
  if (!TYPES.includes(secret.type ?? "")) {
    throw new UsageError(
      `--image-pull-secret: Secret ${name} is of type ${secret.type}, and one for images is of type ${TYPES[0]}`,
    );
  }
  const { type, data } = secret;
  const body = { metadata: { name: COPY }, ...(type ? { type } : {}), ...(data ? { data } : {}) };
  try {
    await cluster.core.createNamespacedSecret({ namespace: cluster.namespace, body });
    await useForDefault(cluster);
  } catch (error) {
    throw new EnvironmentError(
      `the Secret ${name} can't be copied into namespace ${cluster.namespace}: ${apiReason(error)}`,
    );
  }
}

/** Pure: a service account of ours, whose pods pull with the copy. */
export function pullingWith(account: V1ServiceAccount): V1ServiceAccount {
  return { ...account, imagePullSecrets: [{ name: COPY }] };
}

/** It comes some time after its namespace. */
function useForDefault(cluster: Cluster): Promise<true> {
  const body = { imagePullSecrets: [{ name: COPY }] };
  return waitFor(
    "the namespace's default service account",
    async () => {
      try {
        await cluster.core.patchNamespacedServiceAccount(
          { namespace: cluster.namespace, name: "default", body },
          setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
        return true;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    { timeoutMs: 30_000 },
  );
}
