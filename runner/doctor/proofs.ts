import { shellWord } from "../shell-word.ts";
import type { Asked } from "./asked.ts";
import type { Proof } from "./finding.ts";

/** An experiment with this tuning; which suite stages it, its catalogue knows. */
export function compares(tuned: string, ...flags: readonly string[]): Proof {
  return { kind: "run", tuned, flags };
}

/** As kubectl shows it: reads`describe node ${name}`. Names are quoted, and which cluster is added to it. */
export function reads(words: TemplateStringsArray, ...names: readonly string[]): Proof {
  const command = words.map((each, index) => {
    const name = names[index];
    return name === undefined ? each : `${each}${shellWord(name)}`;
  });
  return { kind: "read", command: command.join("") };
}

/** Pure: the whole command, as it is typed. */
export function onCluster(proof: Proof, { kubectl }: Pick<Asked, "kubectl">): Proof {
  return proof.kind === "read" ? { kind: "read", command: ["kubectl", ...kubectl, proof.command].join(" ") } : proof;
}
