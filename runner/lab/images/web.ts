import { chmod, cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashTree } from "../builds/hash.ts";
import { command } from "../machine/command.ts";
import { LabError } from "../types.ts";
import { cachedImage, findImage, type Image, registry } from "./images.ts";

const rootFiles = fileURLToPath(new URL("web", import.meta.url));

/**
 * NGINX as Debian packages it, with nothing but the libraries that it needs and our configuration. Once built it stays
 * until our part of it changes: a newer NGINX in the middle of a series of measurements would be one more thing that differs.
 */
export async function webImage(update: (detail: string) => void): Promise<Image> {
  const ours = await hashTree(rootFiles);
  const existing = await findImage("web", (tag) => tag.endsWith(`-${ours}`));
  if (existing) return existing;
  const reference = `${registry}/web:${await nginxVersion(update)}-${ours}`;
  return cachedImage(reference, { entrypoint: ["/usr/sbin/nginx"] }, async (root, work) => {
    update("fetching NGINX and its libraries");
    const debs = join(work, "debs");
    await mkdir(debs);
    await command("apt-get", ["download", "-qq", ...(await packagesOf("nginx"))], { cwd: debs });
    const unpacked = join(work, "unpacked");
    for (const file of await readdir(debs)) await command("dpkg-deb", ["--extract", join(debs, file), unpacked]);
    await copyProgram(unpacked, root);
    await cp(rootFiles, root, { recursive: true });
    for (const directory of ["tmp", "run", "var/log/nginx", "var/lib/nginx"]) {
      await mkdir(join(root, directory), { recursive: true });
    }
    await chmod(join(root, "tmp"), 0o1777);
  });
}

/**
 * Upstream's part of the version that apt would install, e.g. "1.22.1".
 * @throws LabError where apt has no such package.
 */
async function nginxVersion(update: (detail: string) => void): Promise<string> {
  const known = await candidate();
  if (known) return known;
  update("apt-get update");
  await command("apt-get", ["update", "-q"]).catch((error: Error) => {
    throw new LabError(
      `the web server's image is made of Debian's package nginx, which can't be had here (${error.message})`,
    );
  });
  const found = await candidate();
  if (found) return found;
  throw new LabError("the web server's image is made of Debian's package nginx, and apt knows no such package here");
}

async function candidate(): Promise<string | undefined> {
  const text = await command("apt-cache", ["show", "--no-all-versions", "nginx"]).catch(() => "");
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

/** Copies the server and every shared library, with the symbolic links between them, and none of the rest. */
async function copyProgram(from: string, to: string): Promise<void> {
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
  await mkdir(join(to, "usr/sbin"), { recursive: true });
  await cp(join(from, "usr/sbin/nginx"), join(to, "usr/sbin/nginx"));
}
