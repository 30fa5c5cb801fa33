import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashTree } from "../builds/hash.ts";
import { copyDebianPrograms, debianVersion } from "./debian.ts";
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
  const version = await debianVersion("nginx", "the web server's image", update);
  const reference = `${registry}/web:${version}-${ours}`;
  return cachedImage(reference, { entrypoint: ["/usr/sbin/nginx"] }, async (root, work) => {
    update("fetching NGINX and its libraries");
    await copyDebianPrograms("nginx", ["usr/sbin/nginx"], root, work);
    await cp(rootFiles, root, { recursive: true });
    for (const directory of ["tmp", "run", "var/log/nginx", "var/lib/nginx"]) {
      await mkdir(join(root, directory), { recursive: true });
    }
    await chmod(join(root, "tmp"), 0o1777);
  });
}
