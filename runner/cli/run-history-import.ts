import { readFileSync } from "node:fs";
import { SUITES } from "../../suites/index.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { entryOf } from "../history/entry.ts";
import { defaultStore } from "../history/open.ts";
import type { Entry } from "../history/store.ts";
import { isMeasurement, parseMeasurement } from "../result/measurement.ts";
import { parseResult, UnreadableResult } from "../result/read.ts";
import { EXIT } from "./exit-codes.ts";
import { resultFiles } from "./result-files.ts";
import { storeToWrite } from "./stored.ts";
import { tellError } from "./tell-error.ts";

/** Adds all that can be read; what can't is told, one sentence a file, and then the exit code is that of a wrong command. */
export async function runHistoryImport(
  paths: readonly string[],
  { store: where = defaultStore() }: { readonly store?: string },
): Promise<number> {
  const files = paths.flatMap(resultFiles);
  const suites = await Promise.all(
    SUITES.map(async ({ name, judging }) => ({ name, evidence: (await judging()).evidence })),
  );
  const store = await storeToWrite(where);
  let [added, refused] = [0, 0];
  try {
    // One at a time: a year of whole results does not fit into memory.
    for (const file of files) {
      try {
        added += await store.add([entryIn(file, suites)]);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        tellError(error);
        refused++;
      }
    }
  } finally {
    await store.close();
  }
  const known = files.length - added - refused;
  process.stdout.write(`${store.name}: ${added} added, ${known} there already, ${refused} refused\n`);
  return refused > 0 ? EXIT.usage : EXIT.passed;
}

/** @throws UsageError, in one sentence that names the file */
export function entryIn(file: string, suites: Parameters<typeof parseResult>[1]): Entry {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const what = error instanceof SyntaxError ? "is not JSON" : "can't be read";
    throw new UsageError(`${file} ${what}: ${reasonOf(error)}`);
  }
  try {
    return entryOf((isMeasurement(document) ? parseMeasurement : parseResult)(document, suites), document);
  } catch (error) {
    if (error instanceof UnreadableResult) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
