/** What a run that a fault hit has to show for itself. */
import { EXIT } from "../../../runner/cli/exit-codes.ts";
import type { Outcome } from "../report/outcome.ts";
import { blocksEnded, foundIn } from "./found.ts";
import { type Ended, packetwalk } from "./packetwalk.ts";

type Shown = Pick<Outcome, "exit" | "verdict" | "refusal" | "blocksKept" | "voided" | "lost" | "problems">;

/** Verdicts that claim something. */
const CLAIMS = new Set(["improved", "regressed", "equivalent"]);
const REFUSED: readonly (number | null)[] = [EXIT.invalid, EXIT.usage, EXIT.environment];

/** @param undisturbed the verdict of a run to which nothing happened */
export async function shownBy(ended: Ended, out: string, undisturbed: string, killed: boolean): Promise<Shown> {
  const { code, killedBy, stdout, stderr, hung, lastWords } = ended;
  const { verdict, blocksKept, voided, blocksFile, problems } = foundIn(out, stdout);
  const found = [...problems];
  if (hung) found.push("it did not end");
  if (!killed && !hung && killedBy !== null) found.push(`it died of ${killedBy}`);
  if (verdict !== null && CLAIMS.has(verdict) && verdict !== undisturbed)
    found.push(`its verdict is ${verdict}, and ${undisturbed} without the fault`);
  if (!killed && verdict === null && !REFUSED.includes(code)) found.push(`neither verdict nor refusal: exit ${code}`);
  if (!killed && verdict === null && /^\s+at /m.test(stderr)) found.push("a stack trace instead of a sentence");
  if (blocksFile !== null) {
    const judge = await packetwalk(["judge", blocksFile, "--json"]).ended;
    if (judge.code === null || judge.code > EXIT.invalid) found.push(`its blocks can't be judged: ${judge.lastWords}`);
  }
  return {
    exit: code ?? killedBy ?? "unknown",
    verdict,
    refusal: killed || verdict !== null ? null : lastWords,
    blocksKept,
    voided,
    lost: Math.max(0, blocksEnded(stderr) - blocksKept),
    problems: found,
  };
}
