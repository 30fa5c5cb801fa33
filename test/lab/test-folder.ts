import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./names.ts";

/** A new folder for one test file's own files. */
export function testFolder(): string {
  mkdirSync(ROOT, { recursive: true });
  return mkdtempSync(join(ROOT, "file-"));
}
