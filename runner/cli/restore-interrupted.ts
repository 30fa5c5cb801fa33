import { openCluster } from "../cluster/cluster.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import { EnvironmentError } from "../errors.ts";
import { findLab, labDown, restoreKernelSysctl } from "../lab/index.ts";
import type { Progress } from "../progress.ts";
import { type OpenJournal, readJournals, removeJournal } from "../undo/journal.ts";
import { restoreOnCluster } from "../undo/restore.ts";

/** Undoes what interrupted runs left; gives how many. Runs that are still alive are left alone. */
export async function restoreInterrupted(progress: Progress): Promise<number> {
  const interrupted = readJournals().filter((journal) => !journal.alive);
  for (const journal of interrupted) {
    await progress.step(`Undoing the run interrupted at ${journal.run.startedAt}`, () => restoreOne(journal, progress));
  }
  return interrupted.length;
}

/**
 * What runs on one lab left in this machine's kernel, which outlives the lab: put back without its API, since the lab
 * may be broken or about to go. All else that a run changed goes with the lab.
 */
export function restoreKernelOf(labName: string): void {
  for (const journal of readJournals()) {
    const { target } = journal.run;
    if (journal.alive || target.kind !== "lab" || target.name !== labName) continue;
    restoreKernel(journal);
    removeJournal(journal);
  }
}

async function restoreOne(journal: OpenJournal, progress: Progress): Promise<void> {
  const { target } = journal.run;
  if (target.kind === "kubeconfig") {
    const cluster = await openCluster(loadKubeconfig(target.file, target.context));
    return restoreOnCluster(cluster, journal, progress);
  }
  const lab = target.startedByRun ? undefined : await findLab(target.name);
  if (!lab) {
    restoreKernel(journal);
    // All else goes with the lab; one that the run had started for itself is of no more use to anybody.
    if (target.startedByRun) await labDown(target.name, progress);
    removeJournal(journal);
    return;
  }
  await restoreOnCluster(await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined)), journal, progress);
}

function restoreKernel(journal: OpenJournal): void {
  for (const sysctl of journal.sysctls.filter((each) => each.in === "kernel")) {
    try {
      restoreKernelSysctl(sysctl.key, sysctl.before);
    } catch (error) {
      throw new EnvironmentError(
        `${sysctl.key} could not be put back to ${sysctl.before}; the journal ${journal.file} is kept`,
        { cause: error },
      );
    }
  }
}
