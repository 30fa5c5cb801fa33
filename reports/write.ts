/** The only I/O of reports/: result.json and what is drawn from it, each whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Result } from "../runner/result/result.ts";
import { renderJson } from "./formats/json.ts";
import { renderJunit } from "./formats/junit.ts";
import { renderMarkdown } from "./formats/markdown/markdown.ts";
import type { RunReport } from "./formats/run-report.ts";
import type { SuiteReport } from "./suite-report.ts";

/** The files could not be written; the message is one sentence for the user (the system's error is the cause). */
export class ReportWriteError extends Error {
  override name = "ReportWriteError";
}

export interface ReportFiles {
  readonly json: string;
  readonly html: string;
  readonly markdown: string;
  readonly junit: string;
}

/** Their names, the page first. */
export const REPORT_FILES = {
  html: "report.html",
  json: "result.json",
  markdown: "report.md",
  junit: "junit.xml",
} as const;

/** Of several suites of one run, in the folder that has a folder of each. */
export const FRONT_PAGE_FILES = {
  html: "index.html",
  markdown: REPORT_FILES.markdown,
  junit: REPORT_FILES.junit,
} as const;

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "a folder is in the way",
  EEXIST: "a file is in the way of the folder",
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** One sentence for the user, with the system's error as its cause. */
export function writeError(path: string, error: unknown): ReportWriteError {
  const reason = REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
  return new ReportWriteError(`Can't write ${path}: ${reason}.`, { cause: error });
}

/** The folder's entry for a new file is data of the folder: without its own fsync a power cut can lose it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file so that its path holds either the old text or the whole new one, also after a crash. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // Whatever has that name goes: a link there would lead what is written somewhere else.
    await rm(temporary, { force: true });
    const handle = await open(temporary, "wx", 0o644);
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

/**
 * Writes the result, its page, its Markdown and its JUnit into `dir` (made if missing) and returns their paths.
 * @throws ReportWriteError with one sentence (disk full, no permission, …)
 */
export async function writeReports(result: Result, report: SuiteReport, dir: string): Promise<ReportFiles> {
  const files = {
    json: join(dir, REPORT_FILES.json),
    html: join(dir, REPORT_FILES.html),
    markdown: join(dir, REPORT_FILES.markdown),
    junit: join(dir, REPORT_FILES.junit),
  };
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw writeError(dir, error);
  }
  const run = { results: [{ result, report }], missing: [] };
  // The evidence first: all else can be drawn again from it.
  await writeAtomically(files.json, renderJson(run));
  await writeAtomically(files.markdown, renderMarkdown(run));
  await writeAtomically(files.junit, renderJunit(run));
  // Loaded here because drawing needs a DOM, which costs half a second that other commands should not pay.
  const { renderHtml } = await import("./html/page.ts");
  await writeAtomically(files.html, renderHtml(result, report, await report.page()));
  return files;
}

/**
 * Writes one page, one Markdown and one JUnit of all suites of a run into `dir`, which is there, and returns their paths.
 * @throws ReportWriteError with one sentence (disk full, no permission, …)
 */
export async function writeFrontPage(run: RunReport, dir: string): Promise<readonly string[]> {
  const { renderFrontPage } = await import("./formats/front-page.ts");
  const texts = {
    markdown: renderMarkdown(run),
    junit: renderJunit(run),
    // The page last: where it is, the others are.
    html: renderFrontPage(run),
  };
  for (const name of ["markdown", "junit", "html"] as const)
    await writeAtomically(join(dir, FRONT_PAGE_FILES[name]), texts[name]);
  return (["html", "markdown", "junit"] as const).map((name) => join(dir, FRONT_PAGE_FILES[name]));
}
