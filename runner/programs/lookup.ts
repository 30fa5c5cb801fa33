import type { Architecture } from "../architecture.ts";
import type { ProgramFile } from "../delivery/programs.ts";
import { EnvironmentError } from "../errors.ts";
import { type Libc, lookupPrograms } from "../lab/builds/lookup.ts";
import { packedProgram } from "./packed.ts";
import { programAt } from "./program.ts";

/** This machine's, as Go calls it; undefined where no agent runs either. */
export const OWN_ARCHITECTURE: Architecture | undefined =
  process.arch === "x64" ? "amd64" : process.arch === "arm64" ? "arm64" : undefined;

/**
 * The look-up helper with a libc's resolver. Unlike the agent it is compiled for the machine that compiles it only, so it
 * came with a package that was packed on such a machine, or is compiled on one.
 * @throws EnvironmentError where neither is so; LabError where it can't be compiled
 */
export async function lookupFor(
  libc: Libc,
  architecture: Architecture,
  update: (detail: string) => void = () => {},
  signal?: AbortSignal,
): Promise<ProgramFile> {
  const packed = await packedProgram(`lookup-${libc}`, architecture);
  if (packed) return packed;
  if (architecture !== OWN_ARCHITECTURE) {
    throw new EnvironmentError(
      `the look-up helper for linux/${architecture} is missing: it is compiled for the machine that packed packetwalk, or by one of that architecture that runs it`,
    );
  }
  return programAt((await lookupPrograms(update, signal))[libc].path);
}
