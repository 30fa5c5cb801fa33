/** The folder of a suite's results: what is measured is on disk as soon as it is, and what was there before is kept. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ReportWriteError, writeAtomically, writeReports } from "../../reports/index.ts";
import type { SuiteReport } from "../../reports/suite-report.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { Timeline } from "../experiment/trial.ts";
import type { Result, UnfinishedResult } from "../result/result.ts";
import { TIMELINES, timelineFile } from "./timeline-file.ts";

/** The blocks so far, as `judge` takes them; gone when there is a result. */
const BLOCKS = "blocks.json";
/** Of one run, the most telling first. */
const FILES = ["result.json", BLOCKS, "report.html", TIMELINES] as const;
/** Where an earlier run's files go. */
const EARLIER = "earlier";

/** Where one suite's run puts what it finds. */
export interface ResultsFolder {
  onTimeline(line: Timeline): void;
  /**
   * Keeps the blocks so far.
   * @throws ReportWriteError
   */
  keep(soFar: UnfinishedResult): Promise<void>;
  /**
   * Writes the result, and gives its files, the report first.
   * @throws ReportWriteError; the blocks stay then
   */
  write(result: Result, report: SuiteReport): Promise<readonly string[]>;
  close(): void;
}

/** @throws EnvironmentError if it can't be made */
export function resultsFolder(folder: string): ResultsFolder {
  makeResultsFolder(folder);
  const timelines = timelineFile(folder);
  const blocks = join(folder, BLOCKS);
  return {
    onTimeline: timelines.write,
    keep: (soFar) => writeAtomically(blocks, `${JSON.stringify(soFar)}\n`),
    async write(result, report) {
      const { html, json } = await writeReports(result, report, folder);
      rmSync(blocks, { force: true });
      const traced = join(folder, TIMELINES);
      return [html, json, ...(existsSync(traced) ? [traced] : [])];
    },
    close: timelines.close,
  };
}

/**
 * Makes the folder. An earlier run's files in it are moved into one of their own: nothing that was measured is overwritten.
 * @throws EnvironmentError if it can't be made: before minutes of work
 */
export function makeResultsFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    setAside(folder);
  } catch (error) {
    throw new EnvironmentError(`--out ${folder} can't be made: ${reasonOf(error)}`);
  }
}

/** Moves an earlier run's files into folder/earlier/WHEN, where WHEN is when the first of them was written. */
function setAside(folder: string): void {
  const there = FILES.filter((name) => existsSync(join(folder, name)));
  const [first] = there;
  if (first === undefined) return;
  const when = statSync(join(folder, first)).mtime.toISOString().replace(/[:.]/g, "-");
  const own = join(folder, EARLIER, when);
  mkdirSync(own, { recursive: true });
  for (const name of there) renameSync(join(folder, name), join(own, name));
}

/** What keeps blocks, and says once if the disk does not take them: the run goes on, and what it finds is still printed. */
export function keptOrSaid(folder: ResultsFolder, say: (sentence: string) => void): ResultsFolder["keep"] {
  let said = false;
  return async (soFar) => {
    try {
      await folder.keep(soFar);
    } catch (error) {
      if (!(error instanceof ReportWriteError)) throw error;
      if (!said) say(`Blocks are not kept on disk while the run goes on: ${error.message}`);
      said = true;
    }
  };
}
