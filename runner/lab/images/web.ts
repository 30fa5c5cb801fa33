import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashTree } from "../builds/hash.ts";
import { addBusybox } from "./busybox.ts";
import { copyDebianPrograms, debianVersion } from "./debian.ts";
import { cachedImage, findImage, type Image, registry } from "./images.ts";
import { unpackImage } from "./oci.ts";

const rootFiles = fileURLToPath(new URL("web", import.meta.url));
const entrypoint = ["/usr/sbin/nginx"];

/**
 * The web workload: NGINX, and a shell for those who put one into their hooks. The variants are made of each other's files,
 * so that nothing but what they are for tells them apart.
 */
export async function webImage(update: (detail: string) => void): Promise<Image> {
  const base = await distrolessWebImage(update);
  return cachedImage(`${registry}/web:${tagOf(base)}-shell`, { entrypoint }, async (root, work) => {
    await unpackImage(base.archive, root, work);
    update("fetching BusyBox");
    await addBusybox(root, work, ["sh", "sleep"]);
  });
}

/** The same with SIGQUIT as its stop signal, on which NGINX finishes what it has begun. */
export async function sigquitWebImage(update: (detail: string) => void): Promise<Image> {
  const web = await webImage(update);
  const reference = `${registry}/web-sigquit:${tagOf(web)}`;
  return cachedImage(reference, { entrypoint, stopSignal: "SIGQUIT" }, (root, work) =>
    unpackImage(web.archive, root, work),
  );
}

/**
 * NGINX as Debian packages it, with nothing but the libraries that it needs and our configuration: no shell. Once built it
 * stays until our part of it changes: a newer NGINX in the middle of a series of measurements would be one more thing that
 * differs.
 */
export async function distrolessWebImage(update: (detail: string) => void): Promise<Image> {
  const name = "web-distroless";
  const ours = await hashTree(rootFiles);
  const existing = await findImage(name, (tag) => tag.endsWith(`-${ours}`));
  if (existing) return existing;
  const version = await debianVersion("nginx", "the web server's image", update);
  return cachedImage(`${registry}/${name}:${version}-${ours}`, { entrypoint }, async (root, work) => {
    update("fetching NGINX and its libraries");
    await copyDebianPrograms("nginx", ["usr/sbin/nginx"], root, work);
    await cp(rootFiles, root, { recursive: true });
    for (const directory of ["tmp", "run", "var/log/nginx", "var/lib/nginx"]) {
      await mkdir(join(root, directory), { recursive: true });
    }
    await chmod(join(root, "tmp"), 0o1777);
  });
}

function tagOf({ reference }: Image): string {
  return reference.slice(reference.lastIndexOf(":") + 1);
}
