import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ProgramFile } from "../delivery/programs.ts";

export async function programAt(path: string): Promise<ProgramFile> {
  return {
    path,
    sha256: createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  };
}
