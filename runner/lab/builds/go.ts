import { mkdir, rm, statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import type { Architecture } from "../../architecture.ts";
import { command } from "../machine/command.ts";
import { LabError } from "../types.ts";
import { type BuiltProgram, cachedProgram } from "./cached-program.ts";
import { estimate } from "./estimate.ts";
import { hashTree } from "./hash.ts";

export interface GoProgram {
  /** Name of the executable. */
  name: string;
  /** Folder of the Go module. */
  module: string;
  /** Folders of other modules that its go.mod replaces by local ones: their sources are part of it. */
  replacedBy?: readonly string[];
  /** What to build of it, an import path; by default the module's own main package. */
  package?: string;
  /** What goes into -ldflags beside "-s -w". */
  linkerFlags?: string;
  /** Free space that a cold build needs, for the executable and Go's own cache. */
  needsBytes: number;
  /** By Go's name; by default this machine's. */
  architecture?: Architecture;
}

/** So much memory is enough for compilers that seldom collect garbage, one for each core of most machines. */
const AMPLE_BYTES = 8e9;

/** A fifth of a compiler's time goes into collecting its garbage, though it ends in a moment. */
function seldomCollecting(): NodeJS.ProcessEnv {
  return process.env.GOGC === undefined && totalmem() >= AMPLE_BYTES ? { GOGC: "400" } : {};
}

/** As Node calls them, which is how they are part of a program's hash. */
const NODE_NAMES: Readonly<Record<Architecture, string>> = { amd64: "x64", arm64: "arm64" };

/** The version of Go that is there, e.g. "go1.24.4", once known to be new enough for what is to be built. */
export async function goVersion(minimumMinor = 25, what = "the lab's components"): Promise<string> {
  const text = await command("go", ["env", "GOVERSION"]).catch(() => {
    throw new LabError(
      `Go is not installed, and building ${what} needs it: install Go 1.${minimumMinor} or newer (Debian's golang-go may be older: see go.dev/dl)`,
    );
  });
  const minor = Number(/^go1\.(\d+)/.exec(text)?.[1]);
  if (!(minor >= minimumMinor))
    throw new LabError(`building ${what} needs Go 1.${minimumMinor} or newer; this is ${text}`);
  return text;
}

/** Builds a program into the cache, or finds it there. Interrupted at any time it leaves nothing half done. */
export async function buildProgram(
  program: GoProgram,
  go: string,
  update: (detail: string) => void,
  signal?: AbortSignal,
): Promise<BuiltProgram> {
  const hash = await hashSources(program, go);
  return cachedProgram({ name: program.name, hash }, update, async (draft, folder) => {
    await demandSpace(folder, program);
    await compile(program, draft, update, signal);
  });
}

async function compile(
  program: GoProgram,
  output: string,
  update: (detail: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Go leaves its temporary folder behind when it is killed; here the next build removes it.
  const temporary = `${output}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary);
  const what = program.package ?? ".";
  const target = program.architecture === undefined ? {} : { GOOS: "linux", GOARCH: program.architecture };
  const env = { CGO_ENABLED: "0", GOTMPDIR: temporary, ...seldomCollecting(), ...target };
  const go = { cwd: program.module, env, signal };
  update("counting packages");
  let downloaded = 0;
  // Stale: not in Go's build cache, so still to be compiled.
  const list = await command("go", ["list", "-deps", "-trimpath", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", what], {
    ...go,
    onLine: (line) => line.startsWith("go: downloading") && update(`downloading modules: ${++downloaded}`),
  });
  const total = list.split("\n").filter((line) => line !== "").length;
  const startedMs = Date.now();
  let compiled = 0;
  let problem = "";
  const report = () => update(compiled >= total - 1 ? "linking" : estimate(compiled, total, Date.now() - startedMs));
  report();
  const ticker = setInterval(report, 1_000);
  try {
    // Go ends with its parent: a killed runner leaves no build behind.
    await command(
      "setpriv",
      [
        "--pdeathsig",
        "KILL",
        "go",
        "build",
        "-v",
        "-trimpath",
        // Equal sources give an equal program, whatever commit they stand at.
        "-buildvcs=false",
        "-ldflags",
        `-s -w ${program.linkerFlags ?? ""}`.trim(),
        "-o",
        output,
        what,
      ],
      {
        ...go,
        onLine: (line) => {
          if (/^[\w.~-]+(\/[\w.~+-]+)*$/.test(line)) compiled++;
          else if (!/^(go: downloading|#)/.test(line)) problem ||= line;
        },
      },
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw problem ? new LabError(`${program.name} can't be built: ${problem}`) : error;
  } finally {
    clearInterval(ticker);
    await rm(temporary, { recursive: true, force: true });
  }
}

async function demandSpace(directory: string, { name, needsBytes }: GoProgram): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (bavail * bsize < needsBytes) {
    throw new LabError(
      `building ${name} needs ${gigabytes(needsBytes)} of disk, and ${directory} has ${gigabytes(bavail * bsize)} left`,
    );
  }
}

async function hashSources(
  { module, replacedBy = [], linkerFlags, architecture }: GoProgram,
  go: string,
): Promise<string> {
  const isPart = (path: string) =>
    /(\.(go|c|h|s|o)|\/go\.(mod|sum))$/.test(path) && !/_test\.go$|\/testdata\//.test(path);
  const others = await Promise.all(replacedBy.map((folder) => hashTree(folder, { isPart })));
  const machine = architecture === undefined ? process.arch : NODE_NAMES[architecture];
  return hashTree(module, { isPart, seed: [go, machine, linkerFlags ?? "", ...others] });
}
