import { AuthorizationV1Api } from "@kubernetes/client-node";
import { atMost } from "../at-most.ts";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { ownName } from "../cluster/own-namespace.ts";
import { type AccessNeed, resourceName } from "./needs.ts";

/** Reviews under way at a time. */
const AT_ONCE = 8;

/** What the cluster says of one right. */
export interface Review {
  readonly verb: string;
  /** With its group, as kubectl writes it: "deployments.apps". */
  readonly resource: string;
  readonly where: "cluster" | "namespace";
  readonly allowed: boolean;
  /** In the authorizer's words, where it has any; or why it could not be asked. */
  readonly says: string;
  /** It could not be asked: whether it is allowed is not known. */
  readonly unasked?: true;
}

/** Asks whether we may; nothing is done (SelfSubjectAccessReview, which everybody may create). */
export async function reviewAccess(cluster: Cluster, needs: readonly AccessNeed[]): Promise<Review[]> {
  const api = cluster.kubeconfig.makeApiClient(AuthorizationV1Api);
  const asked = new Map<string, { need: AccessNeed; verb: string }>();
  for (const need of needs)
    for (const verb of need.verbs) asked.set(`${verb} ${resourceName(need)} ${need.where}`, { need, verb });
  return atMost(AT_ONCE, [...asked.values()], async ({ need, verb }) => {
    const about = { verb, resource: resourceName(need), where: need.where };
    const [resource, subresource] = need.resource.split("/");
    try {
      const { status } = await api.createSelfSubjectAccessReview({
        body: {
          spec: {
            resourceAttributes: {
              verb,
              group: need.group,
              ...(resource === undefined ? {} : { resource }),
              ...(subresource === undefined ? {} : { subresource }),
              ...(need.where === "namespace" ? { namespace: cluster.namespace } : {}),
              ...(need.named === undefined ? {} : { name: ownName(need.named, cluster.namespace) }),
            },
          },
        },
      });
      return { ...about, allowed: status?.allowed === true, says: status?.reason ?? status?.evaluationError ?? "" };
    } catch (error) {
      return { ...about, allowed: false, unasked: true, says: `it can't be asked: ${apiReason(error)}` };
    }
  });
}
