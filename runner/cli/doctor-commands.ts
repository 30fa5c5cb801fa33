import type { Examination } from "../doctor/examine.ts";
import type { Proof } from "../doctor/finding.ts";
import type { Diagnosis, ProofCommand } from "../result/diagnosis.ts";
import { suiteByName } from "./suite-by-name.ts";
import { tuningEntry } from "./tuning-entry.ts";

/** An examination with commands to type: doctor knows tunings, and only here it shows which suite stages one. */
export type ToldExamination = Pick<Diagnosis, "findings" | "walk" | "unseen" | "onNodesOnly">;

/** @param target words that name the same cluster */
export async function withCommands(seen: Examination, target: readonly string[]): Promise<ToldExamination> {
  const known = new Map<string, Promise<ProofCommand>>();
  const commandOf = (proof: Proof): Promise<ProofCommand> => {
    if (proof.kind === "read") return Promise.resolve(proof);
    const key = [proof.tuned, ...proof.flags].join(" ");
    const command = known.get(key) ?? experiment(proof.tuned, proof.flags, target);
    known.set(key, command);
    return command;
  };
  return {
    findings: await Promise.all(
      seen.findings.map(async (finding) => ({ ...finding, proof: await commandOf(finding.proof) })),
    ),
    walk: seen.walk.map(({ hop, checks }) => ({ hop, checks: [...checks] })),
    unseen: seen.unseen.map(({ checks, ...each }) => ({ ...each, checks: [...checks] })),
    onNodesOnly: await Promise.all(
      seen.onNodesOnly.map(async (each) => ({ ...each, shownBy: await commandOf(each.shownBy) })),
    ),
  };
}

async function experiment(tuned: string, flags: readonly string[], target: readonly string[]): Promise<ProofCommand> {
  const { suites, nodeChange } = await tuningEntry(tuned);
  const [name = ""] = suites;
  const plan = suiteByName(name).plan("quick");
  const reaches = nodeChange !== null || plan.nodeChange !== undefined || plan.loadReach !== undefined;
  const words = ["packetwalk compare", name, `--tuned ${tuned}`, "--quick", ...flags, ...target];
  return { kind: "run", command: [...words, ...(reaches ? ["--allow-node-changes"] : [])].join(" ") };
}
