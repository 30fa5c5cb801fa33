/** What a rehearsal found, as files: for whoever decides, for tickets and for programs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REHEARSAL_HTML, REHEARSAL_JSON, REHEARSAL_MARKDOWN, writeRehearsal } from "../../reports/rehearsal/write.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { Rehearsal } from "../result/rehearsal.ts";
import { makeFolder, makeFolderAnew } from "./out-folder.ts";

export interface RehearsalFolder {
  /**
   * Gives the files, the page first. An earlier rehearsal moves into a folder of its own.
   * @param before one to compare with
   * @throws EnvironmentError, ReportWriteError
   */
  write(seen: Rehearsal, before?: Rehearsal): Promise<readonly string[]>;
}

/** @throws EnvironmentError if it can't be made: before the cluster gets any load */
export function rehearsalFolder(folder: string): RehearsalFolder {
  makeFolder(folder);
  return {
    write(seen, before) {
      makeFolderAnew(folder, [REHEARSAL_JSON, REHEARSAL_HTML, REHEARSAL_MARKDOWN]);
      return writeRehearsal(folder, seen, before);
    },
  };
}

/** @throws UsageError where the folder has none that can be read */
export function readRehearsal(folder: string): Rehearsal {
  const file = join(folder, REHEARSAL_JSON);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `--against ${folder}: ${REHEARSAL_JSON} can't be read there (${reasonOf(error)}); give the folder of a rehearsal`,
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
  throw new UsageError(
    `${file} is not a rehearsal of this version: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
  );
}
