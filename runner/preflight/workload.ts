/** Whether settings may be tried on a Deployment of the user's; reads and asks only. */
import type { Cluster } from "../cluster/cluster.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import { reasonOf } from "../errors.ts";
import { chosenContainer, readUsersDeployment } from "../workloads/users-deployment.ts";
import { shortWords, type WorkloadReference } from "../workloads/workload-reference.ts";
import { reviewAccess } from "./access.ts";
import type { AccessNeed } from "./needs.ts";

/** What trying takes, in the workload's namespace. */
export function workloadAccess(name: string): readonly AccessNeed[] {
  return [
    { verbs: ["get", "patch"], group: "apps", resource: "deployments", where: "namespace", named: name },
    { verbs: ["list"], group: "", resource: "pods", where: "namespace" },
  ];
}

/** Which of its rights are missing, a sentence each. */
export async function missingRights(cluster: Cluster, { namespace, name }: WorkloadReference): Promise<string[]> {
  const reviews = await reviewAccess(inNamespace(cluster, namespace), workloadAccess(name));
  return reviews.flatMap(({ allowed, verb, resource, says }) =>
    allowed ? [] : [`you may not ${verb} ${resource} in namespace ${namespace}${says === "" ? "" : `: ${says}`}`],
  );
}

/** What can be said of it beforehand; what `preflight --json` prints. */
export interface WorkloadOutlook {
  readonly workload: string;
  /** That settings of one are for; null: it is not clear. */
  readonly container: string | null;
  /** Why it can't be tried on; empty: it can. */
  readonly because: readonly string[];
}

export async function workloadOutlook(cluster: Cluster, reference: WorkloadReference): Promise<WorkloadOutlook> {
  const workload = shortWords(reference);
  const because = await missingRights(cluster, reference);
  if (because.length > 0) return { workload, container: null, because };
  try {
    const container = chosenContainer(await readUsersDeployment(cluster, reference), reference);
    return { workload, container, because };
  } catch (error) {
    return { workload, container: null, because: [reasonOf(error)] };
  }
}
