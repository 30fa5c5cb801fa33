import type { V1Node } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/cluster.ts";
import { type KnownFacts, readTargetFacts } from "../cluster/facts.ts";
import { fitNodes, listNodes } from "../cluster/fit-nodes.ts";
import { holderWords, readLease } from "../cluster/lease.ts";
import { podsOfOurs } from "../cluster/lent-namespace.ts";
import { namespaceState } from "../cluster/namespace.ts";
import { UNKNOWN_MODE } from "../cluster/platform.ts";
import { reasonOf } from "../errors.ts";
import type { Target } from "../result/target.ts";
import { type Review, reviewAccess } from "./access.ts";
import type { Seen } from "./conclude.ts";
import { dryRunPods } from "./dry-run.ts";
import { type AccessNeed, alsoDeleted, COMMON_ACCESS, NAMESPACE_ACCESS, NODES_ACCESS } from "./needs.ts";

export interface PreflightRequest {
  readonly kind: Target["kind"];
  readonly known: KnownFacts;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** That any of the suites takes. */
  readonly mostNodes?: number;
  /** What agents and load run from. */
  readonly image: string;
  /** What the suites need beyond what all need. */
  readonly access: readonly AccessNeed[];
}

/** What is read of a cluster whatever is to be done there. */
export interface Ground extends Omit<Seen, "reviews"> {
  readonly target: Target | null;
  /** As the API has them; null: they can't be listed. */
  readonly listed: readonly V1Node[] | null;
  readonly unseen: readonly string[];
}

export interface Reading extends Ground, Seen {}

async function stateOfNamespace(cluster: Cluster): Promise<Seen["namespace"]> {
  if (!cluster.lent) return namespaceState(cluster);
  return (await podsOfOurs(cluster)).length > 0 ? "in-use" : "lent";
}

/** Reads, asks and tries without doing anything. */
export async function readPreflight(cluster: Cluster, request: PreflightRequest): Promise<Reading> {
  const inside = [...COMMON_ACCESS, ...request.access];
  const reviewing: Promise<Review[]> = reviewAccess(cluster, [
    ...NODES_ACCESS,
    ...(cluster.lent ? inside.map(alsoDeleted) : [...NAMESPACE_ACCESS, ...inside]),
  ]);
  const [ground, reviews] = await Promise.all([readGround(cluster, request), reviewing]);
  return { ...ground, reviews };
}

/** The same without the rights of a run; what can't be read is named, and the rest is told all the same. */
export async function readGround(
  cluster: Cluster,
  { kind, known, nodeSelector, mostNodes, image }: Omit<PreflightRequest, "access">,
): Promise<Ground> {
  const unseen: string[] = [];
  const orUnseen = async <T>(what: string, reading: Promise<T>): Promise<T | null> => {
    try {
      return await reading;
    } catch (error) {
      unseen.push(`${what}: ${reasonOf(error)}`);
      return null;
    }
  };
  const namespace = await stateOfNamespace(cluster).catch((error: unknown) => {
    unseen.push(`the namespace: ${reasonOf(error)}`);
    return "absent" as const;
  });
  const listing = listNodes(cluster);
  const [target, listed, admissions] = await Promise.all([
    orUnseen(
      "what the cluster is made of",
      readTargetFacts(
        cluster,
        kind,
        known,
        nodeSelector,
        mostNodes,
        listing.catch(() => null),
      ),
    ),
    orUnseen("nodes", listing),
    dryRunPods(cluster, namespace === "ours" || cluster.lent !== undefined, image),
  ]);
  const nodes = listed && fitNodes(listed, nodeSelector, mostNodes);
  const lease = namespace === "ours" || namespace === "in-use" ? await readLease(cluster) : undefined;
  const holder = lease && holderWords(lease);
  const proxyMode = target?.proxyMode ?? UNKNOWN_MODE;
  const kubelets = nodes?.fit.flatMap(({ status }) => status?.nodeInfo?.kubeletVersion ?? []) ?? [];
  const versions = [...(target ? [target.kubernetes] : []), ...kubelets];
  return { target, listed, nodes, admissions, namespace, holder, proxyMode, versions, unseen };
}
