/** What doctor found, as files: for people, for wikis and for programs. */
import { join } from "node:path";
import { doctorMarkdown } from "../../reports/doctor/markdown.ts";
import { doctorPage } from "../../reports/doctor/page/page.ts";
import { writeAtomically } from "../../reports/index.ts";
import type { Diagnosis } from "../result/diagnosis.ts";
import { makeFolder, makeFolderAnew } from "./out-folder.ts";

const HTML = "doctor.html";
const MARKDOWN = "doctor.md";
const JSON_FILE = "doctor.json";

export interface DoctorFolder {
  /**
   * Gives the files, the page first. An earlier diagnosis moves into a folder of its own.
   * @throws EnvironmentError, ReportWriteError
   */
  write(seen: Diagnosis): Promise<readonly string[]>;
}

/** @throws EnvironmentError if it can't be made: before the cluster is asked anything */
export function doctorFolder(folder: string): DoctorFolder {
  makeFolder(folder);
  return {
    async write(seen) {
      makeFolderAnew(folder, [JSON_FILE, HTML, MARKDOWN]);
      // What the others can be drawn from comes first.
      await writeAtomically(join(folder, JSON_FILE), diagnosisJson(seen));
      await writeAtomically(join(folder, MARKDOWN), doctorMarkdown(seen));
      await writeAtomically(join(folder, HTML), doctorPage(seen));
      return [HTML, MARKDOWN, JSON_FILE].map((name) => join(folder, name));
    },
  };
}

/** The one document, whichever way it goes out. */
export function diagnosisJson(seen: Diagnosis): string {
  return `${JSON.stringify(seen, null, 2)}\n`;
}
