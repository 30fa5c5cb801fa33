/** rehearsal.json, the sheet as a page and as Markdown, each whole or not at all. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Rehearsal } from "../../runner/result/rehearsal.ts";
import { writeAtomically, writeError } from "../write.ts";
import { rehearsalMarkdown } from "./markdown.ts";
import { rehearsalPage } from "./page/page.ts";

export const REHEARSAL_JSON = "rehearsal.json";
export const REHEARSAL_HTML = "rehearsal.html";
export const REHEARSAL_MARKDOWN = "rehearsal.md";

/**
 * Writes them into `folder` (made if missing), and gives their paths, the page first.
 * @param before an earlier rehearsal to compare with
 * @throws ReportWriteError with one sentence (disk full, no permission, …)
 */
export async function writeRehearsal(folder: string, seen: Rehearsal, before?: Rehearsal): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw writeError(folder, error);
  }
  // What the others can be drawn from comes first.
  await writeAtomically(join(folder, REHEARSAL_JSON), rehearsalJson(seen));
  await writeAtomically(join(folder, REHEARSAL_MARKDOWN), rehearsalMarkdown(seen, before));
  await writeAtomically(join(folder, REHEARSAL_HTML), rehearsalPage(seen, before));
  return [REHEARSAL_HTML, REHEARSAL_MARKDOWN, REHEARSAL_JSON].map((name) => join(folder, name));
}

/** The one document, whichever way it goes out. */
export function rehearsalJson(seen: Rehearsal): string {
  return `${JSON.stringify(seen, null, 2)}\n`;
}
