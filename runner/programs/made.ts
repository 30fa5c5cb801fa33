import { ARCHITECTURES } from "../architecture.ts";
import type { ProgramFile } from "../delivery/programs.ts";
import { agent } from "../lab/builds/components.ts";
import { type Libc, lookupPrograms } from "../lab/builds/lookup.ts";
import { buildAgent } from "./agent.ts";
import { OWN_ARCHITECTURE } from "./lookup.ts";
import { packedName } from "./packed.ts";
import { programAt } from "./program.ts";

/** All that a package holds, made of its sources; k6 stays out: it is ten times as large as all else together. */
export async function* madePrograms(
  say: (line: string) => void,
): AsyncGenerator<{ file: string; program: ProgramFile }> {
  for (const architecture of ARCHITECTURES) {
    say(`the agent for linux/${architecture}`);
    yield { file: packedName(agent.name, architecture), program: await buildAgent(architecture, () => {}) };
  }
  if (OWN_ARCHITECTURE === undefined) return;
  say(`the look-up helpers for linux/${OWN_ARCHITECTURE}`);
  const helpers = await lookupPrograms(() => {});
  for (const libc of Object.keys(helpers) as Libc[]) {
    yield { file: packedName(`lookup-${libc}`, OWN_ARCHITECTURE), program: await programAt(helpers[libc].path) };
  }
}
