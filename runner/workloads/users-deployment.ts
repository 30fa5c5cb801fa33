/** A Deployment of the user's on which settings are tried, and which of its containers they are for. */
import type { V1Deployment } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import { referenceWords, shortWords, type WorkloadReference } from "./workload-reference.ts";

/** @throws EnvironmentError in the API's words; UsageError where there is none of that name */
export async function readUsersDeployment(cluster: Cluster, reference: WorkloadReference): Promise<V1Deployment> {
  const { namespace, name } = reference;
  try {
    return await cluster.apps.readNamespacedDeployment({ namespace, name });
  } catch (error) {
    if (isNotFound(error))
      throw new UsageError(`--workload: there is no ${shortWords(reference)} in context "${cluster.context}"`);
    throw new EnvironmentError(`${shortWords(reference)} can't be read: ${apiReason(error)}`);
  }
}

/**
 * Pure: the container that settings of one are for.
 * @throws UsageError naming all, where it is not clear which one
 */
export function chosenContainer({ spec }: V1Deployment, reference: WorkloadReference): string {
  const containers = spec?.template.spec?.containers ?? [];
  const names = containers.map(({ name }) => name);
  const { container: wanted } = reference;
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted;
    throw new UsageError(
      `--workload: ${shortWords(reference)} has no container ${wanted}; choose one of ${names.join(", ")}`,
    );
  }
  const serving = containers.filter(({ ports = [] }) => ports.length > 0);
  const [only, ...more] = containers.length === 1 ? containers : serving;
  if (only && more.length === 0) return only.name;
  const example = referenceWords({ ...reference, container: names[0] ?? "NAME" });
  throw new UsageError(
    `--workload: ${shortWords(reference)} has containers ${names.join(", ")}, and it is not clear which one is meant; add one, e.g. ${example}`,
  );
}
