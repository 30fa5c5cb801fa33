/** Which tunings there are: a folder each. Reads none of them, so help and bad input may ask. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../manifests/tunings/", import.meta.url));

/** By the alphabet. */
export function catalogueNames(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export function isInCatalogue(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !isFolderPath(name) && existsSync(join(ROOT, name, DESCRIPTOR));
}

/** Where a tuning of the catalogue is. */
export function catalogueFolder(name: string): string {
  return join(ROOT, name);
}

export const DESCRIPTOR = "tuning.yaml";

/** Whether a word on the command line is a path rather than a name. */
export function isFolderPath(word: string): boolean {
  return word.includes("/") || word.startsWith(".");
}
