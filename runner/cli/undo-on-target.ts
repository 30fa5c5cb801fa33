import { type Cluster, lentBy, openCluster } from "../cluster/cluster.ts";
import { clusterUid } from "../cluster/cluster-uid.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import { delivery } from "../delivery/delivery.ts";
import { findLab, labDown } from "../lab/index.ts";
import { programSource } from "../programs/source.ts";
import type { Progress } from "../progress.ts";
import type { KubeconfigRef, RunLine } from "../undo/lines.ts";
import type { InterruptedRun } from "../undo/read-journals.ts";
import { undoOn } from "../undo/target.ts";
import { undoChanges, undoInKernel } from "../undo/undo.ts";
import { assertRecognised } from "./assert-recognised.ts";
import { runLife } from "./life.ts";
import type { NamedCluster } from "./open-named.ts";

/**
 * Undoes what a run left where it was made.
 * @param named leads to that cluster as well, where the kubeconfig of then may be gone
 * @throws EnvironmentError with all that could not be undone
 */
export async function undoOnTarget(
  interrupted: InterruptedRun,
  progress: Progress,
  named?: NamedCluster,
): Promise<void> {
  const { run, changes } = interrupted;
  const { target } = run;
  // A target that cannot be reached is no trouble if nothing was changed on it.
  const needed = changes.length > 0;
  if (target.kind === "kubeconfig") {
    if (!needed) return;
    const found = named ?? (await openAgain(target, run));
    assertRecognised(run.clusterUid, found);
    return through(found.cluster, interrupted, progress);
  }
  const lab = target.startedByRun ? undefined : await findLab(target.name);
  if (lab) {
    if (!needed) return;
    return through(await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined)), interrupted, progress);
  }
  undoInKernel(changes);
  // All else goes with the lab; one that the run had started for itself is of no more use to anybody.
  if (target.startedByRun) await labDown(target.name, progress);
}

async function openAgain(ref: KubeconfigRef, run: RunLine): Promise<NamedCluster> {
  const cluster = ofRun(await openCluster(loadKubeconfig(ref.file, ref.context)), run);
  return { cluster, ref, clusterUid: await clusterUid(cluster) };
}

async function through(opened: Cluster, { run, changes }: InterruptedRun, progress: Progress): Promise<void> {
  const cluster = ofRun(opened, run);
  const bringing = delivery(cluster, { image: run.agentImage, source: programSource(progress) });
  const made = changes.find((each) => each.change === "namespace");
  const life = runLife(new AbortController().signal);
  const on = { cluster, delivery: bringing, tell: progress.note, lifetime: life.lifetime, run: made?.run };
  try {
    await undoChanges(undoOn(on), changes, progress);
  } finally {
    life.end();
  }
}

function ofRun(opened: Cluster, { lent, namespace }: RunLine): Cluster {
  return lent && namespace !== undefined ? lentBy(opened, namespace) : opened;
}
