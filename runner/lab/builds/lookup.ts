import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../lock.ts";
import { command } from "../machine/command.ts";
import { exists } from "../machine/files.ts";
import { installPackages } from "../machine/requirements.ts";
import { cacheDir } from "../paths.ts";
import { settleAll } from "../settle-all.ts";
import type { BuiltProgram } from "./go.ts";
import { hashTree } from "./hash.ts";

const sources = fileURLToPath(new URL("../../lookup", import.meta.url));

/** A libc whose resolver is put to the test. */
export type Libc = "glibc" | "musl";

interface Compiler {
  readonly program: string;
  /** Debian's packages for it and for the libc's headers. */
  readonly packages: readonly string[];
  readonly headers: string;
  readonly options: readonly string[];
  /** A command that prints the libc's version, of which the program's behaviour is part. */
  readonly version: readonly [string, ...string[]];
}

const compilers: Record<Libc, Compiler> = {
  // Not linked statically: then it would load the machine's own name service modules at run time.
  glibc: {
    program: "gcc",
    packages: ["gcc", "libc6-dev"],
    headers: "/usr/include/netdb.h",
    options: [],
    version: ["ldd", "--version"],
  },
  musl: {
    program: "musl-gcc",
    packages: ["gcc", "musl-tools"],
    headers: "/usr/bin/musl-gcc",
    options: ["-static"],
    version: ["dpkg-query", "--show", "musl-dev"],
  },
};

/**
 * The look-up helper with each libc's resolver, built into the cache or found there. Installs the compilers that are missing.
 * @throws LabError if they can't be had, or the helper can't be built
 */
export async function lookupPrograms(
  update: (detail: string) => void,
  signal?: AbortSignal,
): Promise<Readonly<Record<Libc, BuiltProgram>>> {
  const missing = new Set<string>();
  for (const { program, packages, headers } of Object.values(compilers)) {
    const isThere = await settleAll([exists(headers), command(program, ["--version"]).catch(() => "")]);
    if (!isThere.every(Boolean)) for (const each of packages) missing.add(each);
  }
  await installPackages([...missing], update);
  const [glibc, musl] = await settleAll([build("glibc", update, signal), build("musl", update, signal)]);
  return { glibc, musl };
}

async function build(libc: Libc, update: (detail: string) => void, signal?: AbortSignal): Promise<BuiltProgram> {
  const { program, options, version } = compilers[libc];
  const [versionCommand, ...versionArgs] = version;
  const seed = [libc, process.arch, await command(versionCommand, versionArgs), ...options];
  const hash = await hashTree(sources, { seed });
  const name = `lookup-${libc}`;
  const directory = join(cacheDir(), "programs", `${name}-${hash}`);
  const built = { path: join(directory, name), hash };
  if (await exists(built.path)) return built;
  return withLock(
    `build/${directory}`,
    () => update("waiting for another build of it"),
    async () => {
      if (await exists(built.path)) return built;
      update(`compiling for ${libc}`);
      await mkdir(directory, { recursive: true });
      const draft = `${built.path}.new`;
      try {
        const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", ...options];
        await command(program, [...flags, "-o", draft, join(sources, "lookup.c")], { signal });
        await rename(draft, built.path);
      } finally {
        await rm(draft, { force: true });
      }
      return built;
    },
  );
}
