import type { Asked } from "./asked.ts";
import type { Proof } from "./finding.ts";

/** A comparison that shows it on this cluster; quick ones are enough for a mechanism. */
export function compares(
  asked: Asked,
  suite: "connection-flood" | "rolling-update" | "dns-storm",
  tuned: string,
  ...flags: readonly string[]
): Proof {
  const words = ["packetwalk compare", suite, `--tuned ${tuned}`, "--quick", ...flags, ...asked.target];
  // It fills a node's table, whatever it compares.
  const command = [...words, ...(suite === "connection-flood" ? ["--allow-node-changes"] : [])].join(" ");
  return { kind: "run", command };
}

/** As kubectl shows it; which cluster is added to it. */
export function reads(command: string): Proof {
  return { kind: "read", command };
}

/** Pure: the whole command, as it is typed. */
export function onCluster(proof: Proof, { kubectl }: Pick<Asked, "kubectl">): Proof {
  return proof.kind === "read" ? { kind: "read", command: ["kubectl", ...kubectl, proof.command].join(" ") } : proof;
}
