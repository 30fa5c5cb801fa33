import type { Asked } from "./asked.ts";
import type { Proof } from "./finding.ts";

/** An experiment with this tuning; which suite stages it, its catalogue knows. */
export function compares(tuned: string, ...flags: readonly string[]): Proof {
  return { kind: "run", tuned, flags };
}

/** As kubectl shows it; which cluster is added to it. */
export function reads(command: string): Proof {
  return { kind: "read", command };
}

/** Pure: the whole command, as it is typed. */
export function onCluster(proof: Proof, { kubectl }: Pick<Asked, "kubectl">): Proof {
  return proof.kind === "read" ? { kind: "read", command: ["kubectl", ...kubectl, proof.command].join(" ") } : proof;
}
