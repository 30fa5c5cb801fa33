import { lentBy, openCluster } from "../cluster/cluster.ts";
import { type KubeconfigFiles, loadKubeconfig } from "../cluster/kubeconfig.ts";
import { delivery } from "../delivery/delivery.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { findLab, labDown } from "../lab/index.ts";
import { programSource } from "../programs/source.ts";
import type { Progress } from "../progress.ts";
import { attemptEach } from "../undo/attempt-each.ts";
import { type InterruptedRun, readJournals, removeJournal } from "../undo/read-journals.ts";
import { undoOn } from "../undo/target.ts";
import { undoChanges, undoInKernel } from "../undo/undo.ts";

export interface Restored {
  readonly runs: number;
  /** Runs that still go, and were left alone. */
  readonly alive: number;
  /** Namespaces other than ours in which runs were interrupted, which were left alone too. */
  readonly elsewhere: readonly string[];
}

/**
 * Undoes what interrupted runs left.
 * @throws EnvironmentError afterwards, with what of it could not be undone: its journals are kept
 */
export async function restoreInterrupted(progress: Progress): Promise<Restored> {
  const journals = readJournals();
  await attemptEach(journals, async (journal) => {
    if (journal.state === "refused") throw journal.error;
    if (journal.state === "empty") removeJournal(journal);
    if (journal.state === "interrupted") await restore(journal, progress);
  });
  const count = (state: string) => journals.filter((journal) => journal.state === state).length;
  const elsewhere = journals.flatMap((each) => (each.state === "elsewhere" ? (each.run.namespace ?? []) : []));
  return { runs: count("interrupted"), alive: count("alive"), elsewhere: [...new Set(elsewhere)].sort() };
}

/** A sentence about each; what was changed in this machine's kernel or on nodes is felt in every namespace. */
export function elsewhereWords({ elsewhere }: Restored): string[] {
  return elsewhere.map(
    (namespace) =>
      `A run in namespace ${namespace} was interrupted: PACKETWALK_NAMESPACE=${namespace} packetwalk restore undoes it.`,
  );
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
    await undoChanges(undoOn(cluster, bringing), changes, progress);
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
