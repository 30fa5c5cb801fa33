import type { Proof } from "../finding.ts";
import { reads } from "../proofs.ts";
import type { Named } from "../state.ts";

/** By a pod in the node's network, which `kubectl debug` makes; the node's files are in /host. */
export function readsOnNode(node: string, command: string): Proof {
  return reads(`debug node/${node} -it --image=busybox -- ${command}`);
}

export function readsInPod({ namespace, name }: Named, command: string): Proof {
  return reads(`exec -n ${namespace} ${name} -- ${command}`);
}
