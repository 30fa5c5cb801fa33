import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** An executable for Linux on this machine's disk. */
export interface Program {
  readonly path: string;
  /** In hexadecimal; whoever passes the program on checks it by this before it is run. */
  readonly sha256: string;
}

export async function programAt(path: string): Promise<Program> {
  return {
    path,
    sha256: createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  };
}
