import { EnvironmentError, reasonOf } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { attemptEach } from "../undo/attempt-each.ts";
import { clusterOf, isSameCluster, type KnownCluster } from "../undo/known-cluster.ts";
import type { RunLine } from "../undo/lines.ts";
import { type InterruptedRun, readJournals, removeJournal, type UnseenRun } from "../undo/read-journals.ts";
import { undoInKernel } from "../undo/undo.ts";
import type { NamedCluster } from "./open-named.ts";
import { undoOnTarget } from "./undo-on-target.ts";

export interface Restored {
  readonly runs: number;
  /** Runs that still go, and were left alone. */
  readonly alive: number;
  /** Namespaces other than ours in which runs were interrupted, which were left alone too. */
  readonly elsewhere: readonly string[];
  /** Runs of which it can't be seen whether they still go: they were left alone as well. */
  readonly unseen: readonly UnseenRun[];
  readonly failed: readonly NotRestored[];
}

/** Why a journal is kept. */
export interface NotRestored {
  /** Null: the journal does not tell in a way that is understood. */
  readonly cluster: KnownCluster | null;
  readonly error: unknown;
}

/**
 * Undoes what interrupted runs left, as much of it as can be; the journals of the rest are kept.
 * @param named only what was left on this cluster, and through it
 */
export async function restoreInterrupted(progress: Progress, named?: NamedCluster): Promise<Restored> {
  const journals = readJournals().filter((each) => !("run" in each) || isAskedFor(each.run, named));
  const failed: NotRestored[] = [];
  let runs = 0;
  for (const journal of journals) {
    if (journal.state === "refused") failed.push({ cluster: null, error: journal.error });
    if (journal.state === "empty") removeJournal(journal);
    if (journal.state !== "interrupted") continue;
    try {
      await restore(journal, progress, named);
      runs++;
    } catch (error) {
      failed.push({ cluster: clusterOf(journal.run), error });
    }
  }
  const alive = journals.filter(({ state }) => state === "alive").length;
  const elsewhere = journals.flatMap((each) => (each.state === "elsewhere" ? (each.run.namespace ?? []) : []));
  const unseen = journals.filter((each) => each.state === "unseen");
  return { runs, alive, elsewhere: [...new Set(elsewhere)].sort(), unseen, failed };
}

function isAskedFor(run: RunLine, named: NamedCluster | undefined): boolean {
  if (named === undefined) return true;
  if (!isSameCluster(clusterOf(run), named)) return false;
  const { lent, namespace } = named.cluster;
  return lent === undefined || (run.lent === true && run.namespace === namespace);
}

/** @throws EnvironmentError with all that could not be undone */
export async function assertRestored(failed: readonly NotRestored[]): Promise<void> {
  await attemptEach(failed, async ({ error }) => {
    throw error;
  });
}

/** Pure: whether what was left there stands in the way of a run on this cluster. */
export function isInTheWay({ cluster }: NotRestored, of: KnownCluster): boolean {
  return cluster === null || isSameCluster(cluster, of);
}

/**
 * What runs on one lab left in this machine's kernel, which outlives the lab: put back without its API, since the lab
 * may be broken or about to go. All else that a run changed goes with the lab.
 */
export function restoreKernelOf(labName: string): void {
  for (const journal of readJournals()) {
    if (journal.state !== "interrupted" && journal.state !== "elsewhere") continue;
    const { target } = journal.run;
    if (target.kind !== "lab" || target.name !== labName) continue;
    try {
      undoInKernel(journal.changes);
    } catch (error) {
      throw kept(journal, error);
    }
    removeJournal(journal);
  }
}

function restore(journal: InterruptedRun, progress: Progress, named: NamedCluster | undefined): Promise<void> {
  return progress.step(`Undoing the run interrupted at ${journal.run.startedAt}`, async () => {
    try {
      await undoOnTarget(journal, progress, named);
    } catch (error) {
      throw kept(journal, error);
    }
    removeJournal(journal);
  });
}

function kept({ file }: InterruptedRun, error: unknown): EnvironmentError {
  return new EnvironmentError(`${reasonOf(error)}; the journal ${file} is kept`, { cause: error });
}
