import { chmod, cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../machine/command.ts";
import { LabError } from "../types.ts";
import { cachedImage, type Image, registry } from "./images.ts";

const rootFiles = fileURLToPath(new URL("web", import.meta.url));

/** NGINX as Debian packages it, with nothing but the libraries that it needs and our configuration. */
export async function webImage(update: (detail: string) => void): Promise<Image> {
  const version = await nginxVersion();
  return cachedImage(`${registry}/web:${version}`, { entrypoint: ["/usr/sbin/nginx"] }, async (root) => {
    const work = await mkdtemp(join(tmpdir(), "packetwalk-nginx-"));
    try {
      update("fetching NGINX and its libraries");
      await command("apt-get", ["download", "-qq", ...(await packagesOf("nginx"))], { cwd: work });
      const unpacked = join(work, "unpacked");
      for (const file of (await readdir(work)).filter((name) => name.endsWith(".deb"))) {
        await command("dpkg-deb", ["--extract", join(work, file), unpacked]);
      }
      await copyProgram(unpacked, root);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    await cp(rootFiles, root, { recursive: true });
    for (const directory of ["tmp", "run", "var/log/nginx", "var/lib/nginx"])
      await mkdir(join(root, directory), { recursive: true });
    await chmod(join(root, "tmp"), 0o1777);
  });
}

/** Upstream's part of the version that apt would install, e.g. "1.22.1". */
async function nginxVersion(): Promise<string> {
  const version = await command("apt-cache", ["show", "--no-all-versions", "nginx"]).catch(() => "");
  const upstream = /^Version: (?:\d+:)?([\d.]+)/m.exec(version)?.[1];
  if (!upstream) throw new LabError('apt knows no package "nginx": run "apt-get update" once');
  return upstream;
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
