import { bePatient } from "../cluster/access/patience.ts";
import { type Cluster, lentBy } from "../cluster/cluster.ts";
import { newRunId } from "../cluster/namespace.ts";
import { type Delivery, delivery } from "../delivery/delivery.ts";
import { reasonOf } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import type { Progress } from "../progress.ts";
import { type RunChanges, runChanges } from "../undo/changes.ts";
import { openJournal } from "../undo/journal.ts";
import { undoOn } from "../undo/target.ts";
import { runLife } from "./life.ts";
import type { OpenTarget } from "./open-target.ts";

/** A run's hold on a target: what it makes there is known by the run's id, journalled, and undone by `changes.end`. */
export interface Session {
  readonly cluster: Cluster & { readonly run: string };
  readonly delivery: Delivery;
  readonly changes: RunChanges;
  readonly lifetime: Lifetime;
  /** Aborted by the user, or because the target has given the run up. */
  readonly signal: AbortSignal;
  /** All is about to be put back: the target is told nothing more. */
  end(): void;
}

/** @param called aborted by the user */
export function openSession(
  { cluster: opened, ref, clusterUid, busybox: image, programs: source }: SessionTarget,
  progress: Progress,
  called: AbortSignal,
): Session {
  const undoing = delivery(opened, { image, source });
  const { lifetime, signal, end } = runLife(called);
  bePatient(opened.kubeconfig, signal, progress.note);
  const changes = runChanges(openJournal(ref, image, opened, clusterUid), () =>
    undoOn({
      ...{ cluster: opened, delivery: undoing, tell: progress.note, lifetime },
      isHurried: () => called.aborted,
    }),
  );
  const run = newRunId();
  const ofRun = { ...opened, run };
  const cluster = ofRun.lent
    ? { ...lentBy(ofRun, ofRun.namespace, (object) => changes.record({ change: "own-object", ...object })), run }
    : ofRun;
  return { cluster, delivery: delivery(cluster, { image, source, signal }), changes, lifetime, signal, end };
}

/** What can't be put back is told, and takes nothing of what was found away; its journal is kept. */
export async function putBack(progress: Progress, work: () => Promise<void>): Promise<void> {
  await progress
    .step("Putting everything back", work)
    .catch((left: unknown) => progress.note(`Not everything could be put back: ${reasonOf(left)}`));
}

export type SessionTarget = Pick<OpenTarget, "cluster" | "ref" | "clusterUid" | "busybox" | "programs">;
