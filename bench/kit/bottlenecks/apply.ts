import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnLab } from "../../faults/lab/own-lab.ts";

/** @param file of this folder */
export function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

/** Applies a manifest in which words in capitals stand for values. */
export async function applied(lab: OwnLab, manifest: string, values: Readonly<Record<string, string>>): Promise<void> {
  const text = Object.entries(values).reduce((whole, [word, value]) => whole.replaceAll(word, () => value), manifest);
  await mkdir(lab.folder, { recursive: true });
  const file = join(lab.folder, "manifest.yaml");
  await writeFile(file, text);
  await lab.kubectl("apply", "-f", file);
}
