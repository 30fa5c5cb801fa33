/** The page of several suites, with their joint Markdown and JUnit, in the folder that has a folder of each. */
import { FRONT_PAGE_FILES, ReportWriteError, writeFrontPage } from "../../reports/index.ts";
import { EnvironmentError, InvalidRunError } from "../errors.ts";
import { removeDrawn } from "./out-folder.ts";
import type { Finished } from "./run-suite.ts";

/** What came of the suites that a command names. */
export interface Ended {
  /** In the order named. */
  readonly suites: readonly string[];
  readonly finished: readonly Finished[];
  readonly errors: readonly unknown[];
}

/**
 * While suites are run there is none: what an earlier end left would tell of other results.
 * @throws EnvironmentError if it can't be removed
 */
export function clearFrontPage(folder: string): void {
  removeDrawn(folder, Object.values(FRONT_PAGE_FILES));
}

/**
 * Written when the last suite has ended, and of one suite alone never. A run that broke off has none, as what it has not
 * asked yet is not missing; one whose question did not arise is named as such.
 * @returns its files, the page first
 * @throws EnvironmentError if they can't be written
 */
export async function writtenFrontPage(folder: string, ended: Ended): Promise<readonly string[]> {
  const { suites, finished } = ended;
  if (suites.length < 2 || finished.length === 0 || !hasEnded(ended)) return [];
  const missing = suites.filter((suite) => !finished.some(({ result }) => result.suite === suite));
  try {
    return await writeFrontPage({ results: finished, missing }, folder);
  } catch (error) {
    if (error instanceof ReportWriteError) throw new EnvironmentError(error.message);
    throw error;
  }
}

/** Each suite has its result on disk, or its question did not arise. */
function hasEnded({ suites, finished, errors }: Ended): boolean {
  const unasked = errors.filter((error) => error instanceof InvalidRunError).length;
  return finished.length + unasked === suites.length && finished.every(({ unwritten }) => unwritten === null);
}
