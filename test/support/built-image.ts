import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, inject } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const IMAGE_MAIN = join(ROOT, "build/image/main.ts");
/** When all that is in it is said to have been made. */
export const IMAGE_EPOCH = 1_700_000_000;

export interface BuiltImage {
  /** The OCI archive, for both architectures. */
  readonly archive: string;
  readonly reference: string;
  /** Where its making had what is temporary. */
  readonly temporary: string;
}

/**
 * What `npm run image` makes, once a run of the tests: by the first file that asks. No two ask at a time, since those that do
 * are in groups that follow one another.
 */
export async function builtImage(): Promise<BuiltImage> {
  const folder = join(inject("runFolder"), "image");
  const temporary = join(folder, "temporary");
  const words = join(folder, "words");
  if (!existsSync(words)) {
    mkdirSync(temporary, { recursive: true });
    const made = await execa(process.execPath, ["--import", "tsx", IMAGE_MAIN, "--out", folder], {
      cwd: ROOT,
      env: { SOURCE_DATE_EPOCH: String(IMAGE_EPOCH), TMPDIR: temporary },
      reject: false,
    });
    expect(made.exitCode, made.stderr).toBe(0);
    writeFileSync(words, made.stdout);
  }
  const [archive = "", named = ""] = readFileSync(words, "utf8").split("\n");
  return { archive, reference: named.replace(/@sha256:.*/, ""), temporary };
}
