import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../machine/command.ts";
import { exists } from "../machine/files.ts";
import { installPackages } from "../machine/requirements.ts";
import { settleAll } from "../settle-all.ts";
import { type BuiltProgram, cachedProgram } from "./cached-program.ts";
import { hashTree } from "./hash.ts";

const sources = fileURLToPath(new URL("../../../programs/lookup", import.meta.url));

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
  return cachedProgram({ name: `lookup-${libc}`, hash }, update, async (draft) => {
    update(`compiling for ${libc}`);
    const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", ...options];
    await command(program, [...flags, "-o", draft, join(sources, "lookup.c")], { signal });
  });
}
