/** The command that runs the same experiment again. */
import type { Result } from "../../runner/result/result.ts";
import { shellWord as word } from "../../runner/shell-word.ts";
import { workloadName } from "../words/workload.ts";

export function reproduceCommand(result: Result): string {
  const [baseline, tuned] = result.arms;
  const rounds = Math.max(0, ...result.arms.flatMap((arm) => arm.blocks.map((block) => block.round)));
  const parts = ["compare", word(result.suite), "--baseline", word(baseline.name), "--tuned", word(tuned.name)];
  if (rounds > 0) parts.push("--rounds", String(rounds));
  parts.push("--seed", String(result.seed));
  if (result.quick) parts.push("--quick");
  if (result.duet === false) parts.push("--in-turn");
  if (result.target.kind === "kubeconfig") parts.push("--context", word(result.target.context));
  if (result.workload) parts.push("--workload", word(workloadName(result.workload)), "--allow-workload-changes");
  return `packetwalk ${parts.join(" ")}`;
}
