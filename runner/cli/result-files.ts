import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf, UsageError } from "../errors.ts";

const RESULT = "result.json";

/**
 * The files that a path stands for: a folder for its result.json, or for those of its folders, or for the JSON files in it.
 * @throws UsageError where there are none
 */
export function resultFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
    if (entries.some(({ name }) => name === RESULT)) return [join(path, RESULT)];
    const below = entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(path, name, RESULT))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
    if (below.length > 0) return below;
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
    if (files.length > 0) return files.map(({ name }) => join(path, name));
  } catch (error) {
    throw new UsageError(`${path} can't be read: ${reasonOf(error)}`);
  }
  throw new UsageError(`${path} holds no ${RESULT} and no other JSON file`);
}
