import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { bundleNodeWorker } from "../../programs/node-worker/bundle.ts";
import type { Arch, ProgramFile, ProgramName, ProgramSource } from "../delivery/programs.ts";
import { type BuiltProgram, cachedProgram } from "../lab/builds/cached-program.ts";
import { agent, k6 } from "../lab/builds/components.ts";
import { buildProgram, type GoProgram, goVersion } from "../lab/builds/go.ts";
import { hashText } from "../lab/builds/hash.ts";
import { lookupPrograms } from "../lab/builds/lookup.ts";
import type { Progress } from "../progress.ts";

/** Programs for pods, built into the cache when they are first asked for, or found there. */
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
  arch: Arch,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<ProgramFile | undefined> {
  const built = await build(name, arch, progress, signal);
  return built && { path: built.path, sha256: await sha256Of(built.path) };
}

async function build(
  name: ProgramName,
  arch: Arch,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<BuiltProgram | undefined> {
  // Text is the same for all of them; of the others there is what this machine's compilers make.
  if (name === "node-worker.cjs") return nodeWorker();
  if (arch !== ownArch()) return undefined;
  if (name === "agent") return buildGo("Agent", agent, progress, signal);
  if (name === "k6") return buildGo("k6 with packetwalk's extension", k6, progress, signal, 25);
  const { glibc, musl } = await progress.step("Look-up helpers", (update) => lookupPrograms(update, signal));
  return name === "lookup-glibc" ? glibc : musl;
}

async function buildGo(
  title: string,
  program: GoProgram,
  progress: Progress,
  signal: AbortSignal | undefined,
  minimumMinor?: number,
): Promise<BuiltProgram> {
  const go = await (minimumMinor === undefined ? goVersion() : goVersion(minimumMinor, program.name));
  return progress.step(title, (update) => buildProgram(program, go, update, signal));
}

async function nodeWorker(): Promise<BuiltProgram> {
  const name = "node-worker.cjs";
  const bundle = await bundleNodeWorker();
  return cachedProgram(
    { name, hash: hashText(bundle) },
    () => {},
    (draft) => writeFile(draft, bundle),
  );
}

function ownArch(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
