import type { Architecture } from "../architecture.ts";
import type { ProgramFile } from "../delivery/programs.ts";
import { agent } from "../lab/builds/components.ts";
import { buildProgram, goVersion } from "../lab/builds/go.ts";
import { packedProgram } from "./packed.ts";
import { programAt } from "./program.ts";

/**
 * The agent for nodes of an architecture: it came with the package, or it is built into the cache or found there.
 * @throws LabError where it has to be built and there is no Go
 */
export async function agentFor(
  architecture: Architecture,
  update: (detail: string) => void = () => {},
  signal?: AbortSignal,
): Promise<ProgramFile> {
  return (await packedProgram(agent.name, architecture)) ?? buildAgent(architecture, update, signal);
}

/** The agent made of its sources, whatever came with the package. */
export async function buildAgent(
  architecture: Architecture,
  update: (detail: string) => void,
  signal?: AbortSignal,
): Promise<ProgramFile> {
  const go = await goVersion(25, `packetwalk's agent for linux/${architecture}`);
  return programAt((await buildProgram({ ...agent, architecture }, go, update, signal)).path);
}
