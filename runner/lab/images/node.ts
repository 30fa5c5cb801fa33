import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, realpath, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashTree } from "../builds/hash.ts";
import { addBusybox } from "./busybox.ts";
import { cachedImage, type Image, registry } from "./images.ts";
import { librariesOf } from "./libraries.ts";

const rootFiles = fileURLToPath(new URL("glibc", import.meta.url));
const onPath = "usr/local/bin/node";

/**
 * The Node that runs this, on the path, with the libraries that it needs and a shell. Node stays at its own path as well:
 * that is where it looks for libraries that came with it.
 */
export async function nodeImage(): Promise<Image> {
  const node = await realpath(process.execPath);
  const [libraries, { size }] = await Promise.all([librariesOf(node), stat(node)]);
  const parts = [process.version, process.arch, node, size, ...libraries, await hashTree(rootFiles), "shell"];
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);
  return cachedImage(`${registry}/node:${hash}`, { entrypoint: [node] }, async (root, work) => {
    for (const file of [node, ...libraries]) {
      await mkdir(join(root, dirname(file)), { recursive: true });
      await copyFile(file, join(root, file));
    }
    if (node !== `/${onPath}`) {
      await mkdir(join(root, dirname(onPath)), { recursive: true });
      await symlink(node, join(root, onPath));
    }
    await addBusybox(root, work, ["sh", "sleep"]);
    await cp(rootFiles, root, { recursive: true });
  });
}
