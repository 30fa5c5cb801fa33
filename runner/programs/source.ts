import { writeFile } from "node:fs/promises";
import { nodeWorkerBundle } from "../../programs/node-worker/bundle.ts";
import type { Architecture } from "../architecture.ts";
import type { ProgramFile, ProgramName, ProgramSource } from "../delivery/programs.ts";
import { cachedProgram } from "../lab/builds/cached-program.ts";
import { k6 } from "../lab/builds/components.ts";
import { buildProgram, goVersion } from "../lab/builds/go.ts";
import { hashText } from "../lab/builds/hash.ts";
import type { Progress } from "../progress.ts";
import { agentFor } from "./agent.ts";
import { lookupFor, OWN_ARCHITECTURE } from "./lookup.ts";
import { programAt } from "./program.ts";

/** Programs for pods: what came with the package; else built into the cache when they are first asked for, or found there. */
export function programSource(progress: Progress, signal?: AbortSignal): ProgramSource {
  const asked = new Map<string, Promise<ProgramFile | undefined>>();
  return (name, arch) => {
    const key = `${name}/${arch}`;
    const known = asked.get(key) ?? programFile(name, arch, progress, signal);
    asked.set(key, known);
    return known;
  };
}

async function programFile(
  name: ProgramName,
  arch: Architecture,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<ProgramFile | undefined> {
  if (name === "agent") return progress.step("Agent", (update) => agentFor(arch, update, signal));
  // Text is the same for every architecture.
  if (name === "node-worker.cjs") return nodeWorker();
  // Of the others there is what this machine's compilers make; where no node is like it, delivery says so.
  if (arch !== OWN_ARCHITECTURE) return undefined;
  if (name === "k6") return progress.step("k6 with packetwalk's extension", (update) => builtK6(update, signal));
  const libc = name === "lookup-glibc" ? "glibc" : "musl";
  return progress.step(`Look-up helper for ${libc}`, (update) => lookupFor(libc, arch, update, signal));
}

async function builtK6(update: (detail: string) => void, signal: AbortSignal | undefined): Promise<ProgramFile> {
  return programAt((await buildProgram(k6, await goVersion(25, k6.name), update, signal)).path);
}

async function nodeWorker(): Promise<ProgramFile> {
  const bundle = await nodeWorkerBundle();
  const cached = { name: "node-worker.cjs", hash: hashText(bundle) };
  return programAt(
    (
      await cachedProgram(
        cached,
        () => {},
        (draft) => writeFile(draft, bundle),
      )
    ).path,
  );
}
