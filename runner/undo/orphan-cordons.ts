/** Nodes that dead runs have left cordoned: found by the marks that they bear, with no journal of ours. */
import { type Cluster, isNotFound } from "../cluster/cluster.ts";
import { isRenewed, readLease } from "../cluster/lease.ts";
import { holderOf } from "../cluster/namespace-holder.ts";
import { RUN } from "../cluster/ours.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import { type CordonMark, cordonedByRuns, uncordon } from "../faults/node.ts";
import type { Progress } from "../progress.ts";
import { attemptEach } from "./attempt-each.ts";

/** A node that bears the mark of a run which is not known to live. */
export interface FoundCordon {
  /** Unknown: whether its run lives can't be seen, and it was left as it is. */
  readonly state: "uncordoned" | "cordon-unknown";
  readonly node: string;
  /** Of its run. */
  readonly namespace: string;
}

/**
 * Uncordons what runs in this namespace left, whose runner is dead.
 * @throws EnvironmentError with what could not be; the rest is
 */
export async function uncordonOf(cluster: Cluster, progress: Progress): Promise<void> {
  const marked = (await cordonedByRuns(cluster)) ?? [];
  await attemptEach(
    marked.filter(({ by }) => by.namespace === cluster.namespace),
    async ({ node, by }) => {
      await uncordon(cluster, node, by);
      progress.note(`${node}: uncordoned`);
    },
  );
}

/**
 * Uncordons what dead runs left, whatever became of their namespaces. Nothing is known where nodes may not be listed.
 * @throws EnvironmentError with what could not be; the rest is
 */
export async function uncordonOrphans(cluster: Cluster): Promise<FoundCordon[]> {
  const found: FoundCordon[] = [];
  // First the marks: of a run that marks a node later, nothing is asked.
  const marked = (await cordonedByRuns(cluster)) ?? [];
  await attemptEach(marked, async ({ node, by }) => {
    const life = await lifeOfRun(cluster, by);
    if (life === "alive") return;
    if (life === "dead") await uncordon(cluster, node, by);
    found.push({ state: life === "dead" ? "uncordoned" : "cordon-unknown", node, namespace: by.namespace });
  });
  return found;
}

/** A run lives in a namespace that is its own, or that the user lent it, and says so by the Lease there where it may have one. */
async function lifeOfRun(cluster: Cluster, { namespace, run }: CordonMark): Promise<"alive" | "dead" | "unknown"> {
  const there = await cluster.core.readNamespace({ name: namespace }).catch((error: unknown) => {
    return isNotFound(error) ? ("gone" as const) : undefined;
  });
  if (there === "gone") return "dead";
  if (there === undefined) return "unknown";
  const holder = holderOf(there);
  if (holder && holder.run !== run) return "dead";
  const its = inNamespace(cluster, namespace);
  const lease = await readLease(its);
  if (!lease) return there.metadata?.deletionTimestamp ? "dead" : "unknown";
  const isOfAnother = (lease.metadata?.annotations?.[RUN] ?? run) !== run;
  return !isOfAnother && (await isRenewed(its, lease)) ? "alive" : "dead";
}
