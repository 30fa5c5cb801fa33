import { readFileSync } from "node:fs";
import { renderJudgement } from "../../reports/terminal/judgement.ts";
import type { ReportedSuite } from "../../suites/define-suite.ts";
import { SUITES } from "../../suites/index.ts";
import { MOST_LAG_P99_MS } from "../analysis/block-validity.ts";
import type { Judgement } from "../analysis/verdict/judge.ts";
import { rejudge } from "../analysis/verdict/rejudge.ts";
import { UsageError } from "../errors.ts";
import { parseBlocks, suiteOf } from "../result/blocks-document.ts";
import { isMeasurement } from "../result/measurement.ts";
import { OF_ONE_ARM, UnreadableResult } from "../result/read.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { resultFiles } from "./result-files.ts";
import { terminalOf } from "./terminal-of.ts";

/** Judges every file, prints what it found, and gives the exit code of them all. */
export async function runJudge(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<number> {
  const judged = [];
  for (const file of paths.flatMap(resultFiles)) judged.push({ file, ...(await judgeFile(file)) });
  if (json) {
    const documents = judged.map(({ file, suite, judgement }) => ({ file, suite: suite.name, ...judgement }));
    process.stdout.write(`${JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2)}\n`);
  } else {
    const options = terminalOf(process.stdout);
    for (const { file, suite, judgement } of judged) {
      process.stdout.write(renderJudgement({ file, suite: suite.name, judgement }, await suite.report(), options));
    }
  }
  return exitCodeOf(judged.map(({ judgement }) => judgement));
}

async function judgeFile(file: string): Promise<{ readonly suite: ReportedSuite; readonly judgement: Judgement }> {
  try {
    const document: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isMeasurement(document)) throw new UnreadableResult(OF_ONE_ARM);
    const name = suiteOf(document);
    const suite = SUITES.find((each) => each.name === name);
    if (!suite)
      throw new UnreadableResult(
        `there is no suite "${name}"; there are ${SUITES.map((each) => each.name).join(", ")}`,
      );
    const { load } = suite.plan("full");
    const mostLagMs = (load.model === "open" ? load.mostLagMs : undefined) ?? MOST_LAG_P99_MS;
    const judging = await suite.judging();
    return { suite, judgement: rejudge(judging, parseBlocks(document, judging.evidence), mostLagMs) };
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file} is not JSON: ${error.message}`);
    if (error instanceof UnreadableResult) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
