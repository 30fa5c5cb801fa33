import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { renderJudgement } from "../../reports/terminal/judgement.ts";
import type { ReportedSuite } from "../../suites/define-suite.ts";
import { SUITES } from "../../suites/index.ts";
import { MOST_LAG_P99_MS } from "../analysis/block-validity.ts";
import type { Judgement } from "../analysis/verdict/judge.ts";
import { rejudge } from "../analysis/verdict/rejudge.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { parseBlocks, suiteOf } from "../result/blocks-document.ts";
import { UnreadableResult } from "../result/read.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { terminalOf } from "./terminal-of.ts";

/** Judges every file, prints what it found, and gives the exit code of them all. */
export async function runJudge(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<number> {
  const judged = [];
  for (const file of paths.flatMap(filesOf)) judged.push({ file, ...(await judgeFile(file)) });
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

const RESULT = "result.json";

/** A folder stands for its result.json, or for those of its folders, or for the JSON files in it. */
function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
    if (entries.some(({ name }) => name === RESULT)) return [join(path, RESULT)];
    const below = entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(path, name, RESULT))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
    if (below.length > 0) return below;
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
    if (files.length > 0) return files.map(({ name }) => join(path, name));
  } catch (error) {
    throw new UsageError(`${path} can't be read: ${reasonOf(error)}`);
  }
  throw new UsageError(`${path} holds no ${RESULT} and no other JSON file`);
}
