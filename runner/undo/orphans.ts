/** What runs of other machines, or of other users, left on a cluster: found there, and taken down, with no journal of ours. */
import { z } from "zod";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { holderWords, isRenewed, LEASE, readLease } from "../cluster/lease.ts";
import { deleteOwnObject, podsGone } from "../cluster/lent-namespace.ts";
import { deleteNamespace } from "../cluster/namespace.ts";
import { ALL_OURS } from "../cluster/ours.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import { EnvironmentError } from "../errors.ts";
import { readDocument } from "../json-document.ts";
import { connectAgents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import { attemptEach } from "./attempt-each.ts";
import { uncordonOf } from "./orphan-cordons.ts";

/** A namespace in which something of ours is. */
export type Found =
  | { readonly state: "taken-down"; readonly namespace: string }
  /** In words of whoever has it. */
  | { readonly state: "alive"; readonly namespace: string; readonly holder: string }
  /** It says nothing of a runner: of an older version, or of a user who may not have Leases. */
  | { readonly state: "unknown"; readonly namespace: string };

const healed = z.object({ putBack: z.array(z.string()), left: z.array(z.string()), failed: z.array(z.string()) });

/**
 * Takes down what runners left that are dead, as their Leases say; nothing of one that lives.
 * @throws EnvironmentError with what could not be; the rest is
 */
export async function takeDownOrphans(cluster: Cluster, progress: Progress): Promise<Found[]> {
  const namespaces = cluster.lent ? [cluster.namespace] : await namespacesOfOurs(cluster);
  const found: Found[] = [];
  await attemptEach(namespaces, async (namespace) => {
    const each = await takeDown(inNamespace(cluster, namespace), progress);
    if (each) found.push(each);
  });
  return found;
}

async function namespacesOfOurs({ core }: Cluster): Promise<string[]> {
  try {
    const { items } = await core.listNamespace({ labelSelector: ALL_OURS });
    return items.flatMap(({ metadata, status }) => (status?.phase === "Terminating" ? [] : (metadata?.name ?? [])));
  } catch (error) {
    throw new EnvironmentError(
      `namespaces can't be listed, so those of other machines' runs can't be found: ${apiReason(error)}`,
    );
  }
}

async function takeDown(cluster: Cluster, progress: Progress): Promise<Found | undefined> {
  const { namespace, lent } = cluster;
  const lease = await readLease(cluster);
  if (!lease) return lent ? undefined : { state: "unknown", namespace };
  const holder = holderWords(lease);
  const lives = await progress.step(`Whether ${holder} still runs in namespace ${namespace} (up to 45 s)`, () =>
    isRenewed(cluster, lease),
  );
  if (lives) return { state: "alive", namespace, holder };
  await progress.step(`Taking down what ${holder} left in namespace ${namespace}`, async () => {
    await healNodes(cluster, progress);
    await uncordonOf(cluster, progress);
    await (lent ? takeFromLent(cluster) : deleteNamespace(cluster));
  });
  return { state: "taken-down", namespace };
}

/** Those agents that have ended have done it by themselves; one whose node is away does it when its pod is deleted. */
async function healNodes(cluster: Cluster, progress: Progress): Promise<void> {
  const agents = await connectAgents(cluster);
  await attemptEach(agents.nodes, async (node) => {
    const { putBack, left, failed } = readDocument(
      `agent heal on node ${node}`,
      await agents.run(node, ["heal"]),
      healed,
    );
    for (const each of putBack) progress.note(`${node}: put back: ${each}`);
    for (const each of left) progress.note(`${node}: ${each}`);
    if (failed.length > 0) throw new EnvironmentError(`node ${node}: ${failed.join("; ")}`);
  });
}

/** All that a run makes there is the keeper's. */
async function takeFromLent(cluster: Cluster): Promise<void> {
  await deleteOwnObject(cluster, { apiVersion: "batch/v1", kind: "Job", name: "keeper" });
  await deleteOwnObject(cluster, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", name: LEASE });
  await podsGone(cluster);
}
