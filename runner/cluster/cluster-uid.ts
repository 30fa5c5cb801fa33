import { ApiException } from "@kubernetes/client-node";
import { EnvironmentError, Interrupted, UsageError } from "../errors.ts";
import { apiReason, type Cluster, endedBy } from "./cluster.ts";

/**
 * By which a cluster is known, whatever contexts and addresses lead to it: the UID of its namespace kube-system. Who was lent a
 * namespace may read no other: there it is that of the ConfigMap that every namespace is given at its beginning. Null where
 * neither may be read.
 * @throws EnvironmentError if nothing answers
 */
export async function clusterUid({ core, lent, namespace }: Cluster, signal?: AbortSignal): Promise<string | null> {
  const options = endedBy(signal);
  const uid = await uidOf(core.readNamespace({ name: "kube-system" }, options));
  if (uid !== null || !lent) return uid;
  return uidOf(core.readNamespacedConfigMap({ name: "kube-root-ca.crt", namespace }, options));
}

async function uidOf(
  reading: Promise<{ readonly metadata?: { readonly uid?: string } | undefined }>,
): Promise<string | null> {
  try {
    return (await reading).metadata?.uid ?? null;
  } catch (error) {
    if (error instanceof ApiException) return null;
    if (error instanceof UsageError || error instanceof Interrupted) throw error;
    throw new EnvironmentError(`what cluster this is can't be read: ${apiReason(error)}`);
  }
}
