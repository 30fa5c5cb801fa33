/** What a rehearsal found, as files: for whoever decides, for tickets and for programs. */
import { REHEARSAL_HTML, REHEARSAL_JSON, REHEARSAL_MARKDOWN, writeRehearsal } from "../../reports/rehearsal/write.ts";
import type { Rehearsal } from "../result/rehearsal.ts";
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
