import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Architecture } from "../architecture.ts";
import type { ProgramFile } from "../delivery/programs.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { programAt } from "./program.ts";

/** In the installed package only: what build/pack.mjs put there. */
const FOLDER = new URL("../../packed/", import.meta.url);

/** SHA-256 of each file, by its name. */
type Manifest = Readonly<Record<string, string>>;

export const packedName = (name: string, architecture: Architecture) => `${name}-linux-${architecture}`;

/**
 * A program that came with the package; undefined where there is none, as in a clone.
 * @throws EnvironmentError if it is not what was packed
 */
export async function packedProgram(name: string, architecture: Architecture): Promise<ProgramFile | undefined> {
  const file = packedName(name, architecture);
  const expected = (await manifest())[file];
  if (expected === undefined) return undefined;
  const path = fileURLToPath(new URL(file, FOLDER));
  const program = await programAt(path).catch((error: unknown) => {
    throw damaged(path, reasonOf(error));
  });
  if (program.sha256 !== expected) throw damaged(path, `its SHA-256 is ${program.sha256}, and ${expected} was packed`);
  return program;
}

async function manifest(): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(new URL("sha256.json", FOLDER), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw damaged(fileURLToPath(FOLDER), reasonOf(error));
  }
}

function damaged(path: string, reason: string): EnvironmentError {
  return new EnvironmentError(`${path} is damaged (${reason}); install packetwalk again`);
}
