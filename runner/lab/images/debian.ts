import { cp, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aptGet } from "../machine/apt.ts";
import { command } from "../machine/command.ts";
import { exists } from "../machine/files.ts";
import { LabError } from "../types.ts";

/**
 * Upstream's part of the version that apt would install, e.g. "1.22.1".
 * @param what is made of it, for the error's words
 * @throws LabError where apt has no such package.
 */
export async function debianVersion(name: string, what: string, update: (detail: string) => void): Promise<string> {
  const known = await candidate(name);
  if (known) return known;
  update("apt-get update");
  await aptGet(["update", "-q"]).catch((error: Error) => {
    throw new LabError(`${what} is made of Debian's package ${name}, which can't be had here (${error.message})`);
  });
  const found = await candidate(name);
  if (found) return found;
  throw new LabError(`${what} is made of Debian's package ${name}, and apt knows no such package here`);
}

/**
 * Copies programs of a package, and every shared library that it depends on with the symbolic links between them, into an
 * image's root; nothing else of the packages.
 * @param programs by their paths in the image, e.g. "usr/sbin/nginx"; newer packages have them below usr in any case
 * @param work a folder for what is temporary; the caller removes it
 */
export async function copyDebianPrograms(
  name: string,
  programs: readonly string[],
  root: string,
  work: string,
): Promise<void> {
  const debs = join(work, `${name}-debs`);
  await mkdir(debs);
  await command("apt-get", ["download", "-qq", ...(await packagesOf(name))], { cwd: debs });
  const unpacked = join(work, name);
  for (const file of await readdir(debs)) await command("dpkg-deb", ["--extract", join(debs, file), unpacked]);
  await copyLibraries(unpacked, root);
  for (const program of programs) {
    await mkdir(dirname(join(root, program)), { recursive: true });
    const found = (await exists(join(unpacked, program))) ? program : join("usr", program);
    await cp(join(unpacked, found), join(root, program));
  }
}

async function candidate(name: string): Promise<string | undefined> {
  const text = await command("apt-cache", ["show", "--no-all-versions", name]).catch(() => "");
  return /^Version: (?:\d+:)?([\d.]+)/m.exec(text)?.[1];
}

/** The package and, recursively, the libraries that it depends on. */
async function packagesOf(name: string): Promise<string[]> {
  const found = new Set([name]);
  for (const each of found) {
    const depends = await command("apt-cache", ["depends", "--no-pre-depends", each]);
    for (const [, library] of depends.matchAll(/^ {2}Depends: ((?:lib|zlib)\S+)$/gm)) if (library) found.add(library);
  }
  return [...found];
}

/** All shared libraries of unpacked packages, with the symbolic links between them. */
export async function copyLibraries(from: string, to: string): Promise<void> {
  const unneeded = /\/(gconv|engines-\d+|ossl-modules|audit|security|perl\d*|debug)$/;
  for (const directory of ["lib", "lib64", "usr/lib", "usr/lib64"]) {
    await cp(join(from, directory), join(to, directory), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !unneeded.test(path),
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
}
