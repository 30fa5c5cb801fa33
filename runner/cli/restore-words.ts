import type { FoundCordon } from "../undo/orphan-cordons.ts";
import type { Found } from "../undo/orphans.ts";
import { isThisBoot } from "../undo/process.ts";
import type { UnseenRun } from "../undo/read-journals.ts";
import type { Restored } from "./restore-interrupted.ts";

/** What was done, in one line. */
export function restoredWords(
  restored: Restored,
  orphans: readonly (Found | FoundCordon)[],
  context: string | undefined,
): string {
  const { runs: own, alive } = restored;
  const runs = own + orphans.filter(({ state }) => state === "taken-down").length;
  const isUncordoned = orphans.some(({ state }) => state === "uncordoned");
  const nothing = `Nothing to restore${context === undefined ? "" : ` on the cluster of context "${context}"`}.`;
  const sentences = [
    ...(runs > 0 ? [`Restored what ${runs} interrupted run${runs === 1 ? "" : "s"} left.`] : []),
    ...(runs === 0 && !isUncordoned ? [nothing] : []),
    ...(alive > 0
      ? [`${alive} run${alive === 1 ? " is" : "s are"} still going and ${alive === 1 ? "was" : "were"} left alone.`]
      : []),
    ...leftAloneWords(restored),
    ...orphans.flatMap(orphanWords),
  ];
  return sentences.join(" ");
}

function orphanWords(found: Found | FoundCordon): string[] {
  switch (found.state) {
    case "uncordoned":
      return [`Uncordoned node ${found.node}, which a run in namespace ${found.namespace} had left cordoned.`];
    case "cordon-unknown":
      return [
        `Node ${found.node} was cordoned by a run in namespace ${found.namespace} of which it can't be seen whether it is still going, and was left alone: if nobody runs packetwalk there, kubectl uncordon ${found.node}.`,
      ];
    case "taken-down":
      return [];
    case "alive":
      return [`The run in namespace ${found.namespace} is still going (${found.holder}) and was left alone.`];
    case "unknown":
      return [
        `Namespace ${found.namespace} does not say whether its run is still going, and was left alone: if nobody runs packetwalk there, delete it with kubectl.`,
      ];
  }
}

/** A sentence about each that only others can undo: what was changed on nodes is felt by everybody. */
export function leftAloneWords({ elsewhere, unseen }: Restored): string[] {
  return [
    ...elsewhere.map(
      (namespace) =>
        `A run in namespace ${namespace} was interrupted: PACKETWALK_NAMESPACE=${namespace} packetwalk restore undoes it.`,
    ),
    ...unseen.map(unseenWords),
  ];
}

function unseenWords({ file, run: { machine, startedAt } }: UnseenRun): string {
  const name = machine?.name ?? "?";
  const place = machine && isThisBoot(machine) ? `in another container of this machine (${name})` : `on host ${name}`;
  return `A run ${place}, since ${startedAt}, may still be going, which can't be seen from here, and was left alone: packetwalk restore there, or with --kubeconfig here, which sees by its Lease whether it lives, undoes it if it was interrupted (its journal is ${file}).`;
}
