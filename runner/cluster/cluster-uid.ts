import { ApiException } from "@kubernetes/client-node";
import { EnvironmentError, Interrupted, UsageError } from "../errors.ts";
import { apiReason, type Cluster, endedBy } from "./cluster.ts";

/**
 * By which a cluster is known, whatever contexts and addresses lead to it: the UID of its namespace kube-system. Null where that may
 * not be read.
 * @throws EnvironmentError if nothing answers
 */
export async function clusterUid({ core }: Cluster, signal?: AbortSignal): Promise<string | null> {
  try {
    const { metadata } = await core.readNamespace({ name: "kube-system" }, endedBy(signal));
    return metadata?.uid ?? null;
  } catch (error) {
    if (error instanceof ApiException) return null;
    if (error instanceof UsageError || error instanceof Interrupted) throw error;
    throw new EnvironmentError(`namespace kube-system can't be read: ${apiReason(error)}`);
  }
}
