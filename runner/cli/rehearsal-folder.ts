/** What a rehearsal found, as files: for people, for tickets and for programs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../reports/index.ts";
import { rehearsalMarkdown } from "../../reports/rehearsal/markdown.ts";
import { rehearsalPage } from "../../reports/rehearsal/page/page.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { Rehearsal } from "../result/rehearsal.ts";
import { makeFolder, makeFolderAnew } from "./out-folder.ts";

const HTML = "rehearsal.html";
const MARKDOWN = "rehearsal.md";
const JSON_FILE = "rehearsal.json";

export interface RehearsalFolder {
  /**
   * Gives the files, the page first. An earlier rehearsal moves into a folder of its own.
   * @throws EnvironmentError, ReportWriteError
   */
  write(rehearsal: Rehearsal, before: Rehearsal | undefined): Promise<readonly string[]>;
}

/** @throws EnvironmentError if it can't be made: before the cluster is asked anything */
export function rehearsalFolder(folder: string): RehearsalFolder {
  makeFolder(folder);
  return {
    async write(rehearsal, before) {
      makeFolderAnew(folder, [JSON_FILE, HTML, MARKDOWN]);
      // What the others can be drawn from comes first.
      await writeAtomically(join(folder, JSON_FILE), rehearsalJson(rehearsal));
      await writeAtomically(join(folder, MARKDOWN), rehearsalMarkdown(rehearsal, before));
      await writeAtomically(join(folder, HTML), rehearsalPage(rehearsal, before));
      return [HTML, MARKDOWN, JSON_FILE].map((name) => join(folder, name));
    },
  };
}

/** The one document, whichever way it goes out. */
export function rehearsalJson(rehearsal: Rehearsal): string {
  return `${JSON.stringify(rehearsal, null, 2)}\n`;
}

/** @throws UsageError where the folder has none that can be read */
export function readRehearsal(folder: string): Rehearsal {
  const file = join(folder, JSON_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `--against ${folder}: ${JSON_FILE} can't be read there (${reasonOf(error)}); give the folder of a rehearsal`,
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${reasonOf(error)}`);
  }
  const read = Rehearsal.safeParse(document);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UsageError(`${file} is no rehearsal of this version: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
}
