/** The rights that a plan makes use of, and which of them are missing: asked before anything is done. */
import type { Cluster } from "../../cluster/cluster.ts";
import { inNamespace as clusterIn } from "../../cluster/own-namespace.ts";
import { EnvironmentError } from "../../errors.ts";
import { reviewAccess } from "../../preflight/access.ts";
import {
  type AccessNeed,
  alsoDeleted,
  COMMON_ACCESS,
  inNamespace,
  MADE,
  NAMESPACE_ACCESS,
  resourceName,
} from "../../preflight/needs.ts";
import type { Plan, PlannedEvent, PlannedTarget, SecretKey } from "../plan/plan.ts";

/** What one part of a plan takes, in one namespace. */
export interface PlannedAccess {
  /** Null: packetwalk's own. */
  readonly namespace: string | null;
  readonly needs: readonly AccessNeed[];
  /** Of the plan; null: any rehearsal takes it. */
  readonly by: string | null;
}

const WITH_SECRETS = inNamespace("", "secrets", ...MADE, "delete");

/** Pure: what can't be done without. What is only looked at beside is left out: the sheet says what was not seen. */
export function accessOf({ targets, events }: Pick<Plan, "targets" | "events">, isLent: boolean): PlannedAccess[] {
  const keys = targets.map((target) => ({ target, keys: secretsOf(target) }));
  const hasSecrets = keys.some(({ keys: all }) => all.length > 0);
  return [
    {
      namespace: null,
      by: null,
      needs: [
        ...(isLent ? COMMON_ACCESS.map(alsoDeleted) : [...COMMON_ACCESS, ...NAMESPACE_ACCESS]),
        ...(hasSecrets ? [WITH_SECRETS] : []),
      ],
    },
    ...targets.flatMap((target) => accessOfTarget(target)),
    ...keys.flatMap(({ target, keys: all }) =>
      all.map(({ namespace, secret }) => ({
        ...{ namespace, by: `target ${target.name}` },
        needs: [named(secret, inNamespace("", "secrets", "get"))],
      })),
    ),
    ...events.flatMap((event) => accessOfEvent(event)),
  ];
}

function secretsOf(target: PlannedTarget): readonly SecretKey[] {
  if (target.kind === "names") return [];
  return target.kind === "k6" ? target.secretEnv : target.request.secretHeaders;
}

function accessOfTarget(target: PlannedTarget): PlannedAccess[] {
  const by = `target ${target.name}`;
  switch (target.kind) {
    case "service":
      return [{ namespace: target.namespace, by, needs: [named(target.service, inNamespace("", "services", "get"))] }];
    case "ingress":
    case "gateway": {
      const { namespace, through } = target;
      const listed =
        target.kind === "ingress"
          ? inNamespace("networking.k8s.io", "ingresses", "list")
          : inNamespace("gateway.networking.k8s.io", "httproutes", "list");
      return [
        // In other namespaces it is looked for as far as that is allowed.
        ...(namespace === null ? [] : [{ namespace, by, needs: [listed] }]),
        ...(through === null
          ? []
          : [
              { namespace: through.namespace, by, needs: [named(through.service, inNamespace("", "services", "get"))] },
            ]),
      ];
    }
    default:
      return [];
  }
}

const clusterWide = (group: string, resource: string, ...verbs: string[]): AccessNeed => ({
  ...{ verbs, group, resource, where: "cluster" },
});

/** As `kubectl drain` does. */
const DRAINING: readonly AccessNeed[] = [clusterWide("", "pods", "list"), clusterWide("", "pods/eviction", "create")];

function accessOfEvent(event: PlannedEvent): PlannedAccess[] {
  const by = `event ${event.name}`;
  switch (event.kind) {
    case "rollout":
      return [
        {
          ...{ namespace: event.namespace, by },
          needs: [named(event.deployment, inNamespace("apps", "deployments", "get", "patch"))],
        },
      ];
    case "drain":
      return [
        { namespace: null, by, needs: [named(event.node, clusterWide("", "nodes", "get", "patch")), ...DRAINING] },
      ];
    case "zone-gone":
      return [{ namespace: null, by, needs: [clusterWide("", "nodes", "list", "get", "patch"), ...DRAINING] }];
    case "dns-pod-lost":
      return [{ namespace: "kube-system", by, needs: [inNamespace("", "pods", "list", "delete")] }];
    case "lookup-storm":
      return [];
  }
}

function named(name: string, need: AccessNeed): AccessNeed {
  return { ...need, named: name };
}

/** @throws EnvironmentError with each right that the cluster denies; what can't be asked shows where it is used */
export async function assertRights(cluster: Cluster, plan: Plan): Promise<void> {
  const denied = await Promise.all(
    accessOf(plan, cluster.lent !== undefined).map(async ({ namespace, needs, by }) => {
      const reviews = await reviewAccess(namespace === null ? cluster : clusterIn(cluster, namespace), needs);
      const verbs = reviews.filter(({ allowed, unasked }) => !allowed && !unasked);
      return needs.flatMap((need) => {
        const missing = verbs.filter((each) => each.resource === resourceName(need) && each.where === need.where);
        if (missing.length === 0) return [];
        const what = [resourceName(need), ...(need.named === undefined ? [] : [need.named])].join(" ");
        const where = need.where === "cluster" ? "" : ` in namespace ${namespace ?? cluster.namespace}`;
        return [`${missing.map(({ verb }) => verb).join(", ")} ${what}${where}${by === null ? "" : ` (${by})`}`];
      });
    }),
  );
  const all = [...new Set(denied.flat())];
  if (all.length > 0)
    throw new EnvironmentError(
      `you may not ${all.join("; ")}: docs/rights/rehearse.yaml has what a plan takes, beside load.yaml or tuning.yaml`,
    );
}
