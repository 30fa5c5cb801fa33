import { copyFile, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashText, hashTree } from "../builds/hash.ts";
import { exists } from "../machine/files.ts";
import { addBusybox } from "./busybox.ts";
import { cachedImage, type Image, registry } from "./images.ts";
import { librariesOf } from "./libraries.ts";

const rootFiles = fileURLToPath(new URL("glibc", import.meta.url));
/** Before glibc 2.34 its resolver was in libraries that it opened by itself, beside the one that programs name. */
const resolverLibraries = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/**
 * This machine's glibc and a shell: as much of a Debian as programs need that look names up.
 * @param program what is to run there
 */
export async function glibcImage(program: string): Promise<Image> {
  const libraries = await librariesOf(program);
  const besideLibc = libraries.filter((path) => path.endsWith("/libc.so.6")).map(dirname);
  for (const path of besideLibc.flatMap((folder) => resolverLibraries.map((name) => join(folder, name)))) {
    if (!libraries.includes(path) && (await exists(path))) libraries.push(path);
  }
  const hash = hashText(...libraries, await hashTree(rootFiles), "shell");
  return cachedImage(`${registry}/debian:${hash}`, { entrypoint: ["/bin/sh"] }, async (root, work) => {
    for (const library of libraries) {
      await mkdir(join(root, dirname(library)), { recursive: true });
      await copyFile(library, join(root, library));
    }
    await addBusybox(root, work, ["sh", "sleep"]);
    await cp(rootFiles, root, { recursive: true });
  });
}
