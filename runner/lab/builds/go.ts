import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, statfs } from "node:fs/promises";
import { join, relative } from "node:path";
import { withLock } from "../lock.ts";
import { command } from "../machine/command.ts";
import { cacheDir } from "../paths.ts";
import { LabError } from "../types.ts";
import { estimate } from "./estimate.ts";

export interface GoProgram {
  /** Name of the executable. */
  name: string;
  /** Folder of the Go module. */
  module: string;
  /** What goes into -ldflags beside "-s -w". */
  linkerFlags?: string;
  /** Free space that a cold build needs, for the executable and Go's own cache. */
  needsBytes: number;
}

export interface BuiltProgram {
  path: string;
  /** Short hash of all that it is made of. */
  hash: string;
}

const environment = { CGO_ENABLED: "0" };

/** The version of Go that is there, e.g. "go1.24.4", once known to be new enough. */
export async function goVersion(minimumMinor = 24): Promise<string> {
  const text = await command("go", ["env", "GOVERSION"]).catch(() => {
    throw new LabError(
      `Go is not installed, and the lab's components are built with it: install Go 1.${minimumMinor} or newer, or give --kube-binaries`,
    );
  });
  const minor = Number(/^go1\.(\d+)/.exec(text)?.[1]);
  if (!(minor >= minimumMinor))
    throw new LabError(`the lab needs Go 1.${minimumMinor} or newer to build its components; this is ${text}`);
  return text;
}

/** Builds a program into the cache, or finds it there. Interrupted at any time it leaves nothing half done. */
export async function buildProgram(
  program: GoProgram,
  go: string,
  update: (detail: string) => void,
): Promise<BuiltProgram> {
  const hash = await hashSources(program, go);
  const directory = join(cacheDir(), "programs", `${program.name}-${hash}`);
  const built = { path: join(directory, program.name), hash };
  if (await exists(built.path)) return built;
  return withLock(
    `build/${directory}`,
    () => update("waiting for another build of it"),
    async () => {
      if (await exists(built.path)) return built;
      await mkdir(directory, { recursive: true });
      await demandSpace(directory, program);
      const draft = `${built.path}.new`;
      try {
        await compile(program, draft, update);
        await rename(draft, built.path);
      } finally {
        await rm(draft, { force: true });
      }
      return built;
    },
  );
}

async function compile(program: GoProgram, output: string, update: (detail: string) => void): Promise<void> {
  update("counting packages");
  // Stale: not in Go's build cache, so still to be compiled.
  const list = await command("go", ["list", "-deps", "-trimpath", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", "."], {
    cwd: program.module,
    env: environment,
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
        "-ldflags",
        `-s -w ${program.linkerFlags ?? ""}`.trim(),
        "-o",
        output,
        ".",
      ],
      {
        cwd: program.module,
        env: environment,
        onErrorLine: (line) => {
          if (/^[\w.~-]+(\/[\w.~+-]+)*$/.test(line)) compiled++;
          else if (!/^(go: downloading|#)/.test(line)) problem ||= line;
        },
      },
    );
  } catch (error) {
    throw problem ? new LabError(`${program.name} can't be built: ${problem}`) : error;
  } finally {
    clearInterval(ticker);
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

async function hashSources({ module, linkerFlags }: GoProgram, go: string): Promise<string> {
  const hash = createHash("sha256").update([go, process.arch, linkerFlags ?? ""].join("\0"));
  for (const file of await sources(module)) {
    hash.update(`\0${relative(module, file)}\0`).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 12);
}

async function sources(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.go") && !entry.parentPath.includes("testdata"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /\.(go|c|h|s|o)$|\/go\.(mod|sum)$/.test(file))
    .sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
