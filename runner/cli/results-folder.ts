/** The folder of a suite's results: what is measured is on disk as soon as it is, and what was there before is kept. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  FRONT_PAGE_FILES,
  REPORT_FILES,
  ReportWriteError,
  writeAtomically,
  writeReports,
} from "../../reports/index.ts";
import type { SuiteReport } from "../../reports/suite-report.ts";
import type { Timeline } from "../experiment/trial.ts";
import type { KeptRun, SoFar } from "../result/kept-run.ts";
import type { Measurement } from "../result/measurement.ts";
import type { Result } from "../result/result.ts";
import { makeFolder, makeFolderAnew, removeDrawn } from "./out-folder.ts";
import { TIMELINES, timelineFile } from "./timeline-file.ts";

/** The blocks so far, as `judge` and `--resume` take them; gone when there is a result. */
export const BLOCKS = "blocks.json";
export const RESULT = REPORT_FILES.json;
/** Of one run, the most telling first. */
const FILES = [...new Set([RESULT, BLOCKS, ...Object.values(REPORT_FILES), TIMELINES])];

/** Where one suite's run puts what it finds. */
export interface ResultsFolder {
  onTimeline(line: Timeline): void;
  /**
   * Keeps the blocks so far.
   * @throws ReportWriteError
   */
  keep(soFar: SoFar): Promise<void>;
  /**
   * Writes the result, and gives its files, the report first.
   * @throws ReportWriteError; the blocks stay then
   */
  write(result: Result, report: SuiteReport): Promise<readonly string[]>;
  /**
   * Writes what one arm measured, under a result's name, and gives its files.
   * @throws ReportWriteError
   */
  writeMeasurement(measurement: Measurement): Promise<readonly string[]>;
  close(): void;
}

/** @throws EnvironmentError if it can't be made */
export function resultsFolder(folder: string): ResultsFolder {
  makeResultsFolder(folder);
  return folderOf(folder, 0);
}

/**
 * One in which a run goes on: what is in it stays where it is, but for what the block that was cut short has left.
 * @param kept null: none of its blocks had ended
 * @throws EnvironmentError if it is not there and can't be made
 */
export function resumedFolder(folder: string, kept: Pick<KeptRun, "timelinesBytes"> | null): ResultsFolder {
  makeFolder(folder, "--resume");
  return folderOf(folder, kept?.timelinesBytes ?? 0);
}

function folderOf(folder: string, keptBytes: number): ResultsFolder {
  const timelines = timelineFile(folder, keptBytes);
  const blocks = join(folder, BLOCKS);
  return {
    onTimeline: timelines.write,
    keep(soFar) {
      const kept: KeptRun = { ...soFar, timelinesBytes: timelines.bytes() };
      return writeAtomically(blocks, `${JSON.stringify(kept)}\n`);
    },
    async write(result, report) {
      timelines.bytes();
      await writeReports(result, report, folder);
      rmSync(blocks, { force: true });
      return filesOfResult(folder);
    },
    async writeMeasurement(measurement) {
      timelines.bytes();
      await writeAtomically(join(folder, RESULT), `${JSON.stringify(measurement)}\n`);
      return filesOfResult(folder);
    },
    close: timelines.close,
  };
}

/** Whether there are blocks and no result yet. */
export function hasBlocks(folder: string): boolean {
  return existsSync(join(folder, BLOCKS));
}

/** Those that a result is in, the report first. */
export function filesOfResult(folder: string): string[] {
  return [...Object.values(REPORT_FILES), TIMELINES]
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file));
}

/**
 * Makes the folder, and keeps an earlier run's files in it.
 * @throws EnvironmentError if it can't be made: before minutes of work
 */
export function makeResultsFolder(folder: string): void {
  makeFolderAnew(folder, FILES);
  // It leads to the suites' pages, which are set aside each in its own folder. All of it can be drawn again.
  removeDrawn(folder, [FRONT_PAGE_FILES.html]);
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
