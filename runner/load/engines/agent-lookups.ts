import { AGENT, programPath } from "../../delivery/programs.ts";
import type { LoadSpec } from "../spec.ts";
import type { WorkerProgram, WorkerTerms } from "./engine.ts";
import { demandOpen, openLoadSpec } from "./open-load.ts";

interface AgentLookups {
  /** Whose getaddrinfo it is. */
  readonly resolver: "glibc" | "musl";
  readonly names: ReadonlyArray<{ readonly kind: string; readonly name: string; readonly wanted?: string | undefined }>;
}

/** A worker that looks names up, in turn, by a helper with a real resolver (programs/agent/lookups). */
export function agentLookups({ resolver, names }: AgentLookups, load: LoadSpec, terms: WorkerTerms): WorkerProgram {
  return {
    command: [AGENT, "lookups"],
    environment: {
      PACKETWALK_LOOKUPS: JSON.stringify({
        resolver,
        helper: programPath(`lookup-${resolver}`),
        names,
        ...openLoadSpec(demandOpen(load), terms),
      }),
    },
  };
}
