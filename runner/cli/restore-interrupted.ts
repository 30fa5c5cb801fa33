import { lentBy, openCluster } from "../cluster/cluster.ts";
import { type KubeconfigFiles, loadKubeconfig } from "../cluster/kubeconfig.ts";
import { delivery } from "../delivery/delivery.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { findLab, labDown } from "../lab/index.ts";
import { programSource } from "../programs/source.ts";
import type { Progress } from "../progress.ts";
import { attemptEach } from "../undo/attempt-each.ts";
import type { TargetRef } from "../undo/lines.ts";
import { type InterruptedRun, readJournals, removeJournal, type UnseenRun } from "../undo/read-journals.ts";
import { undoOn } from "../undo/target.ts";
import { undoChanges, undoInKernel } from "../undo/undo.ts";

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
  readonly target: TargetRef | null;
  readonly error: unknown;
}

/** Undoes what interrupted runs left, as much of it as can be; the journals of the rest are kept. */
export async function restoreInterrupted(progress: Progress): Promise<Restored> {
  const journals = readJournals();
  const failed: NotRestored[] = [];
  let runs = 0;
  for (const journal of journals) {
    if (journal.state === "refused") failed.push({ target: null, error: journal.error });
    if (journal.state === "empty") removeJournal(journal);
    if (journal.state !== "interrupted") continue;
    try {
      await restore(journal, progress);
      runs++;
    } catch (error) {
      failed.push({ target: journal.run.target, error });
    }
  }
  const alive = journals.filter(({ state }) => state === "alive").length;
  const elsewhere = journals.flatMap((each) => (each.state === "elsewhere" ? (each.run.namespace ?? []) : []));
  const unseen = journals.filter((each) => each.state === "unseen");
  return { runs, alive, elsewhere: [...new Set(elsewhere)].sort(), unseen, failed };
}

/** @throws EnvironmentError with all that could not be undone */
export async function assertRestored(failed: readonly NotRestored[]): Promise<void> {
  await attemptEach(failed, async ({ error }) => {
    throw error;
  });
}

/** Pure: whether what was left there stands in the way of a run on this target. */
export function isInTheWay({ target }: NotRestored, of: TargetRef): boolean {
  if (target === null) return true;
  if (target.kind === "lab") return of.kind === "lab" && of.name === target.name;
  return of.kind === "kubeconfig" && of.context === target.context && String(of.file) === String(target.file);
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

function restore(journal: InterruptedRun, progress: Progress): Promise<void> {
  return progress.step(`Undoing the run interrupted at ${journal.run.startedAt}`, async () => {
    try {
      await undoOnTarget(journal, progress);
    } catch (error) {
      throw kept(journal, error);
    }
    removeJournal(journal);
  });
}

async function undoOnTarget(
  { run: { target, agentImage, namespace, lent }, changes }: InterruptedRun,
  progress: Progress,
) {
  const through = async (kubeconfig: KubeconfigFiles, context: string | undefined) => {
    // A target that cannot be reached is no trouble if nothing was changed on it.
    if (changes.length === 0) return;
    const opened = await openCluster(loadKubeconfig(kubeconfig, context));
    const cluster = lent && namespace !== undefined ? lentBy(opened, namespace) : opened;
    const bringing = delivery(cluster, { image: agentImage, source: programSource(progress) });
    const made = changes.find((each) => each.change === "namespace");
    await undoChanges(undoOn(cluster, bringing, progress.note, made?.run), changes, progress);
  };
  if (target.kind === "kubeconfig") return through(target.file, target.context);
  const lab = target.startedByRun ? undefined : await findLab(target.name);
  if (lab) return through(lab.kubeconfigPath, undefined);
  undoInKernel(changes);
  // All else goes with the lab; one that the run had started for itself is of no more use to anybody.
  if (target.startedByRun) await labDown(target.name, progress);
}

function kept({ file }: InterruptedRun, error: unknown): EnvironmentError {
  return new EnvironmentError(`${reasonOf(error)}; the journal ${file} is kept`, { cause: error });
}
