/** The results that a folder holds, as `compare` wrote them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Reported, RunReport } from "../../reports/formats/run-report.ts";
import { SUITES } from "../../suites/index.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { parseResult, UnreadableResult } from "../result/read.ts";
import { BLOCKS, RESULT } from "./results-folder.ts";

/** The results of one run, and what of it has none. */
export interface ResultsIn extends RunReport {
  readonly files: readonly string[];
}

/**
 * @param path a result, or the folder of one, or the folder of a run of several suites
 * @throws UsageError, in one sentence that names the file
 */
export async function resultsIn(path: string): Promise<ResultsIn> {
  const { files, several } = filesIn(path);
  const results = await Promise.all(files.map(readResult));
  const twice = results.findIndex(
    ({ result }, at) => results.findIndex((each) => each.result.suite === result.suite) < at,
  );
  const again = results[twice];
  if (again)
    throw new UsageError(
      `${path} holds several results of ${again.result.suite}, which are not of one run (${files[twice]} is one of them); name the folder of one`,
    );
  return { results, files, missing: several ? missingIn(results) : [] };
}

/** Of a folder that holds several suites' results: those that were asked about with them, and have none in it. */
function missingIn(results: readonly Reported[]): string[] {
  const asked = results.flatMap(({ result }) => result.asked?.suites?.split(" ") ?? []);
  return [...new Set(asked)].filter((suite) => !results.some(({ result }) => result.suite === suite));
}

async function readResult(file: string): Promise<Reported> {
  const document = readJson(file);
  try {
    const suites = SUITES.map(async ({ name, judging }) => ({ name, evidence: (await judging()).evidence }));
    const result = parseResult(document, await Promise.all(suites));
    const suite = SUITES.find(({ name }) => name === result.suite);
    if (!suite) throw new UnreadableResult(`there is no suite "${result.suite}"`);
    return { result, report: await suite.report() };
  } catch (error) {
    if (error instanceof UnreadableResult) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file} is not JSON: ${error.message}`);
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}`);
  }
}

function filesIn(path: string): { readonly files: readonly string[]; readonly several: boolean } {
  try {
    if (!statSync(path).isDirectory()) return { files: [path], several: false };
    if (isFile(join(path, RESULT))) return { files: [join(path, RESULT)], several: false };
    const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).sort();
    const files = names.map((name) => join(path, name, RESULT)).filter(isFile);
    if (files.length > 0) return { files, several: true };
    const begun = [path, ...names.map((name) => join(path, name))].find((folder) => isFile(join(folder, BLOCKS)));
    if (begun !== undefined)
      throw new UsageError(
        `${begun} holds blocks of a run that has not come to its end: go on with it by compare --resume ${path}, or judge its blocks so far with judge ${join(begun, BLOCKS)}`,
      );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} can't be read: ${reasonOf(error)}`);
  }
  throw new UsageError(
    `${path} holds no ${RESULT}, and neither does any folder in it; name the folder that a run's results went to`,
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
