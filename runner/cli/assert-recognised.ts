import { delimiter } from "node:path";
import { EnvironmentError } from "../errors.ts";
import type { KubeconfigRef } from "../undo/lines.ts";

interface Found {
  readonly ref: KubeconfigRef;
  readonly clusterUid: string | null;
}

/**
 * To be called before anything is undone through a context: by now its name may lead to another cluster.
 * @param changed the UID of the cluster that was changed, where it is known
 * @throws EnvironmentError if it does, or if that can't be known
 */
export function assertRecognised(changed: string | undefined, { ref, clusterUid }: Found): void {
  if (changed === undefined || changed === clusterUid) return;
  const way = `context "${ref.context}" of ${kubeconfigOf(ref)}`;
  throw new EnvironmentError(
    clusterUid === null
      ? `the UID of kube-system can't be read through ${way}, so it can't be known whether that is the cluster that was changed (${changed}), and nothing is touched there: ${restoreWith("what may read it")}`
      : `${way} leads to another cluster now (the UID of its kube-system is ${clusterUid}, that of the one that was changed ${changed}), so nothing is touched there: ${restoreWith("what leads to the old one")}`,
  );
}

function restoreWith(what: string): string {
  return `packetwalk restore --kubeconfig FILE --context NAME, with ${what}, undoes it`;
}

function kubeconfigOf({ file }: KubeconfigRef): string {
  const files = [file].flat();
  return files.length === 0 ? "the pod's service account" : `kubeconfig ${files.join(delimiter)}`;
}
