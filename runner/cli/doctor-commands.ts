import type { Examination } from "../doctor/examine.ts";
import type { Proof } from "../doctor/finding.ts";
import type { Diagnosis, ProofCommand } from "../result/diagnosis.ts";
import { experimentCommand } from "./experiment-command.ts";

/** An examination with commands to type: doctor knows tunings, and only here it shows which suite stages one. */
export type ToldExamination = Pick<Diagnosis, "findings" | "limits" | "walk" | "unseen" | "onNodesOnly">;

/** @param target words that name the same cluster */
export async function withCommands(seen: Examination, target: readonly string[]): Promise<ToldExamination> {
  const known = new Map<string, Promise<ProofCommand>>();
  const commandOf = (proof: Proof): Promise<ProofCommand> => {
    if (proof.kind === "read") return Promise.resolve(proof);
    const key = [proof.tuned, ...proof.flags].join(" ");
    const command = known.get(key) ?? shown(proof.tuned, proof.flags, target);
    known.set(key, command);
    return command;
  };
  return {
    findings: await Promise.all(
      seen.findings.map(async (finding) => ({ ...finding, proof: await commandOf(finding.proof) })),
    ),
    limits: [...seen.limits],
    walk: seen.walk.map(({ hop, checks }) => ({ hop, checks: [...checks] })),
    unseen: seen.unseen.map(({ checks, ...each }) => ({ ...each, checks: [...checks] })),
    onNodesOnly: await Promise.all(
      seen.onNodesOnly.map(async (each) => ({ ...each, shownBy: await commandOf(each.shownBy) })),
    ),
  };
}

async function shown(tuned: string, flags: readonly string[], target: readonly string[]): Promise<ProofCommand> {
  const command = await experimentCommand(tuned, flags, target);
  if (command === null) throw new Error(`no suite stages ${tuned}, by which a check is to be shown`);
  return { kind: "run", command };
}
