import { ARCHITECTURES, type Architecture } from "../architecture.ts";
import type { ProgramName } from "../delivery/programs.ts";
import { OWN_ARCHITECTURE } from "./lookup.ts";
import { packedProgram } from "./packed.ts";

/** For each architecture: Go makes the one, and the other is text. */
const EVERYWHERE: ReadonlySet<ProgramName> = new Set<ProgramName>(["agent", "node-worker.cjs"]);

/** Nodes of which architectures can have all of these; nothing is built. */
export async function architecturesFor(
  programs: readonly ProgramName[],
  isPacked = async (name: ProgramName, arch: Architecture) => (await packedProgram(name, arch)) !== undefined,
  own: Architecture | undefined = OWN_ARCHITECTURE,
): Promise<readonly Architecture[]> {
  const has = async (name: ProgramName, arch: Architecture) =>
    EVERYWHERE.has(name) || arch === own || (await isPacked(name, arch));
  const able = await Promise.all(
    ARCHITECTURES.map(async (arch) => (await Promise.all(programs.map((name) => has(name, arch)))).every(Boolean)),
  );
  return ARCHITECTURES.filter((_, index) => able[index]);
}

const LABEL = "kubernetes.io/arch";

/** Pure: the nodes that a run may use, where its programs are not there for all; the user's own choice stays. */
export function selectorFor(
  nodeSelector: Readonly<Record<string, string>>,
  architectures: readonly Architecture[],
): Readonly<Record<string, string>> {
  const [only, ...others] = architectures;
  if (only === undefined || others.length > 0 || LABEL in nodeSelector) return nodeSelector;
  return { ...nodeSelector, [LABEL]: only };
}
