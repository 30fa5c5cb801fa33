import type { Cluster } from "../cluster/cluster.ts";
import { type KnownFacts, readTargetFacts } from "../cluster/facts.ts";
import { type FitNodes, fitNodes, listNodes } from "../cluster/fit-nodes.ts";
import { holderWords, readLease } from "../cluster/lease.ts";
import { podsOfOurs } from "../cluster/lent-namespace.ts";
import { namespaceState } from "../cluster/namespace.ts";
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
  /** What agents and load run from. */
  readonly image: string;
  /** What the suites need beyond what all need. */
  readonly access: readonly AccessNeed[];
}

export interface Reading extends Seen {
  readonly target: Target | null;
  readonly unseen: readonly string[];
}

async function stateOfNamespace(cluster: Cluster): Promise<Seen["namespace"]> {
  if (!cluster.lent) return namespaceState(cluster);
  return (await podsOfOurs(cluster)).length > 0 ? "in-use" : "lent";
}

/** Reads, asks and tries without doing anything; what can't be read is named, and the rest is told all the same. */
export async function readPreflight(
  cluster: Cluster,
  { kind, known, nodeSelector, image, access }: PreflightRequest,
): Promise<Reading> {
  const unseen: string[] = [];
  const orUnseen = async <T>(what: string, reading: Promise<T>): Promise<T | null> => {
    try {
      return await reading;
    } catch (error) {
      unseen.push(`${what}: ${reasonOf(error)}`);
      return null;
    }
  };
  const inside = [...COMMON_ACCESS, ...access];
  const reviewing: Promise<Review[]> = reviewAccess(cluster, [
    ...NODES_ACCESS,
    ...(cluster.lent ? inside.map(alsoDeleted) : [...NAMESPACE_ACCESS, ...inside]),
  ]);
  const namespace = await stateOfNamespace(cluster).catch((error: unknown) => {
    unseen.push(`the namespace: ${reasonOf(error)}`);
    return "absent" as const;
  });
  const listing = listNodes(cluster);
  const [target, nodes, admissions, reviews] = await Promise.all([
    orUnseen(
      "what the cluster is made of",
      readTargetFacts(
        cluster,
        kind,
        known,
        nodeSelector,
        listing.catch(() => null),
      ),
    ),
    orUnseen<FitNodes>(
      "nodes",
      listing.then((all) => fitNodes(all, nodeSelector)),
    ),
    dryRunPods(cluster, namespace === "ours" || cluster.lent !== undefined, image),
    reviewing,
  ]);
  const lease = namespace === "ours" || namespace === "in-use" ? await readLease(cluster) : undefined;
  const holder = lease && holderWords(lease);
  return { target, nodes, admissions, reviews, namespace, holder, proxyMode: target?.proxyMode ?? "unknown", unseen };
}
