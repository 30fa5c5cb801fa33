import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** A short hash of the names and contents of a folder's files, or of those that are part of what is to be hashed. */
export async function hashTree(
  directory: string,
  { isPart = () => true, seed = [] }: { isPart?: (path: string) => boolean; seed?: readonly string[] } = {},
): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isPart)
    .sort();
  const hash = createHash("sha256").update(seed.join("\0"));
  for (const file of files) hash.update(`\0${relative(directory, file)}\0`).update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

/** A short hash of texts, in their order. */
export function hashText(...texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12);
}
