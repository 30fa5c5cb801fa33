/** One A/A run as a user starts it: both arms are the baseline. */
import { join } from "node:path";
import { execa } from "execa";
import { parseResult } from "../../runner/result/read.ts";
import type { Result } from "../../runner/result/result.ts";
import { SUITES } from "../../suites/index.ts";
import { packetwalk } from "../faults/runs/packetwalk.ts";
import { hogOneCore } from "./hog.ts";
import type { Line } from "./line.ts";
import type { Next } from "./next.ts";

export interface Where {
  readonly lab: string;
  /** For the run's own folder. */
  readonly folder: string;
}

export async function aaRun({ suite, hog }: Next, { lab, folder }: Where, signal: AbortSignal): Promise<Line> {
  const letGo = hog ? await hogOneCore() : null;
  try {
    const out = join(folder, `${suite}-${Date.now()}`);
    const arms = ["--baseline", "baseline", "--tuned", "baseline"];
    const { code, stdout, seconds, lastWords } = await packetwalk(
      ["compare", suite, "--quick", ...arms, "--lab", lab, "--json", "--out", out],
      {},
      signal,
    ).ended;
    signal.throwIfAborted();
    const about = { endedAt: new Date().toISOString(), commit: await commit(), suite, hog, exit: code };
    return { ...about, minutes: Math.round(seconds / 6) / 10, ...(await told(stdout, lastWords)) };
  } finally {
    await letGo?.();
  }
}

type Told = Pick<Line, "verdict" | "deciding" | "rounds" | "voided" | "because">;

async function told(stdout: string, lastWords: string): Promise<Told> {
  if (stdout.trim() === "") return { verdict: null, deciding: [], rounds: 0, voided: 0, because: lastWords };
  const result = await read(stdout);
  const blocks = result.arms.flatMap((arm) => arm.blocks).filter(({ round }) => round > 0);
  return {
    verdict: result.verdict,
    deciding: result.metrics
      .filter(({ primary, felt }) => primary || felt)
      .map(({ name, primary, verdict, why }) => ({ name, primary, verdict, because: why.kind })),
    rounds: Math.max(0, ...blocks.map(({ round }) => round)),
    voided: blocks.filter(({ valid }) => !valid).length,
    because: null,
  };
}

async function read(stdout: string): Promise<Result> {
  const evidence = SUITES.map(async ({ name, judging }) => ({ name, evidence: (await judging()).evidence }));
  return parseResult(JSON.parse(stdout), await Promise.all(evidence));
}

async function commit(): Promise<string | null> {
  const { stdout, failed } = await execa("git", ["describe", "--always", "--dirty", "--exclude", "*"], {
    reject: false,
  });
  return failed ? null : stdout;
}
