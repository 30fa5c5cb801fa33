/** The command that runs the same experiment again. */
import type { Result } from "../../runner/result/result.ts";
import { shellWord as word } from "../../runner/shell-word.ts";
import { workloadName } from "../words/workload.ts";
import { askedName } from "./arms.ts";

export function reproduceCommand(result: Result): string {
  const [baseline, tuned] = result.arms;
  const rounds = Math.max(0, ...result.arms.flatMap((arm) => arm.blocks.map((block) => block.round)));
  const parts = [
    "compare",
    word(result.suite),
    "--baseline",
    word(baseline.name),
    "--tuned",
    word(askedName(result, tuned)),
  ];
  if (rounds > 0) parts.push("--rounds", String(rounds));
  parts.push("--seed", String(result.seed));
  if (result.quick) parts.push("--quick");
  if (result.duet === false) parts.push("--in-turn");
  parts.push(...targetParts(result));
  if (result.workload) parts.push("--workload", word(workloadName(result.workload)), "--allow-workload-changes");
  return `packetwalk ${parts.join(" ")}`;
}

/** A lab's context is this and its name. */
const OF_LAB = /^packetwalk-/;

function targetParts({ target, targets }: Result): string[] {
  if (targets === undefined) return target.kind === "kubeconfig" ? ["--context", word(target.context)] : [];
  return (["baseline", "tuned"] as const).flatMap((role) => {
    const { kind, context } = targets[role];
    return kind === "lab" ? [`--${role}-lab`, word(context.replace(OF_LAB, ""))] : [`--${role}-context`, word(context)];
  });
}
