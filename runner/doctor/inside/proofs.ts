import { shellWord } from "../../shell-word.ts";
import type { Proof } from "../finding.ts";

/** By a pod in the node's network, which `kubectl debug` makes; the node's files are in /host. */
export function readsOnNode(node: string, ...words: readonly string[]): Proof {
  const all = ["debug", `node/${node}`, "-it", "--image=busybox", "--", ...words];
  return { kind: "read", command: all.map(shellWord).join(" ") };
}
