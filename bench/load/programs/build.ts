/** The programs that the bench runs, built into packetwalk's cache or found there. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { buildProgram, goVersion } from "../../../runner/lab/builds/go.ts";
import { command } from "../../../runner/lab/machine/command.ts";
import { exists } from "../../../runner/lab/machine/files.ts";
import { cacheFolder } from "../../../runner/user-folders.ts";
import { debianProgram } from "./debian.ts";

export type Update = (detail: string) => void;

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const COMPILER_FLAGS = ["-O2", "-Wall", "-Wextra"];

/**
 * One C file of this folder, compiled.
 * @throws EnvironmentError where there is no compiler and none can be installed
 */
export async function compileC(name: string, update: Update): Promise<string> {
  const compiler = await debianProgram("gcc", "gcc libc6-dev", update);
  const source = local(`./${name}.c`);
  const key = [await readFile(source), process.arch, await command(compiler, ["-dumpfullversion"]), ...COMPILER_FLAGS];
  return intoCache(name, key, async (draft) => {
    update("compiling");
    await command(compiler, [...COMPILER_FLAGS, "-o", draft, source]);
  });
}

/** A script with all that it imports as one file for Node, so that loading it costs the client little. */
export async function bundleScript(source: string, update: Update): Promise<string> {
  update("bundling");
  const result = await bundle({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
    // Only for looks, when a run is printed; they load files at run time.
    external: ["@colors/colors", "encoding"],
  });
  const text = result.outputFiles[0]?.text ?? "";
  return intoCache("script.cjs", [source, text], async (draft) => {
    await writeFile(draft, text);
  });
}

/** vegeta, whose version is pinned by peers/go.mod. */
export async function buildVegeta(update: Update): Promise<string> {
  const vegeta = {
    name: "vegeta",
    module: local("../peers"),
    package: "github.com/tsenart/vegeta/v12",
    needsBytes: 0.3e9,
  };
  return (await buildProgram(vegeta, await goVersion(), update)).path;
}

const OHA_VERSION = "1.16.0";

/** oha, from crates.io, with the versions that its own lock file names. */
export async function installOha(update: Update): Promise<string> {
  const root = join(cacheFolder(), "bench", `oha-${OHA_VERSION}-${process.arch}`);
  const program = join(root, "bin", "oha");
  if (await exists(program)) return program;
  const cargo = await command("cargo", ["--version"]).catch(() => undefined);
  if (cargo === undefined) throw new Error("cargo is not installed");
  let compiled = 0;
  await command("cargo", ["install", "oha", "--version", OHA_VERSION, "--locked", "--root", root], {
    onLine: (line) =>
      /^\s*Compiling/.test(line) && update(`installing oha ${OHA_VERSION}: ${++compiled} crates compiled`),
  });
  return program;
}

/** Runs `make` for a file that is named after what it is made of, unless it is there. */
async function intoCache(
  name: string,
  madeOf: readonly (string | Buffer)[],
  make: (draft: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const part of madeOf) hash.update(part).update("\0");
  const file = join(cacheFolder(), "bench", hash.digest("hex").slice(0, 12), name);
  if (await exists(file)) return file;
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  await make(draft);
  await rename(draft, file);
  return file;
}
