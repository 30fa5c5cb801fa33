import { copyFile, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuiltProgram } from "../builds/cached-program.ts";
import { hashText, hashTree } from "../builds/hash.ts";
import type { Libc } from "../builds/lookup.ts";
import { exists } from "../machine/files.ts";
import { cachedImage, type Image, registry } from "./images.ts";
import { librariesOf } from "./libraries.ts";

const rootFiles = fileURLToPath(new URL("glibc", import.meta.url));
/** Before glibc 2.34 its resolver was in libraries that it opened by itself, beside the one that programs name. */
const resolverLibraries = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/**
 * What looks names up as applications do: the helper with each libc's resolver, this machine's glibc, and the agent, which
 * drives them.
 */
export async function resolverImage(
  agent: BuiltProgram,
  helpers: Readonly<Record<Libc, BuiltProgram>>,
): Promise<Image> {
  const libraries = await librariesOf(helpers.glibc.path);
  const besideLibc = libraries.filter((path) => path.endsWith("/libc.so.6")).map(dirname);
  for (const path of besideLibc.flatMap((folder) => resolverLibraries.map((name) => join(folder, name)))) {
    if (!libraries.includes(path) && (await exists(path))) libraries.push(path);
  }
  const parts = [agent.hash, helpers.glibc.hash, helpers.musl.hash, ...libraries, await hashTree(rootFiles)];
  const hash = hashText(...parts);
  const entrypoint = ["/packetwalk-agent"];
  return cachedImage(`${registry}/resolver:${hash}`, { entrypoint }, async (root) => {
    for (const library of libraries) {
      await mkdir(join(root, dirname(library)), { recursive: true });
      await copyFile(library, join(root, library));
    }
    await copyFile(agent.path, join(root, "packetwalk-agent"));
    for (const [name, helper] of Object.entries(helpers)) await copyFile(helper.path, join(root, `lookup-${name}`));
    await cp(rootFiles, root, { recursive: true });
  });
}
