import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeWorkerBundle } from "../../../programs/node-worker/bundle.ts";
import type { BuiltProgram } from "../builds/cached-program.ts";
import { hashTree } from "../builds/hash.ts";
import { cachedImage, type Image, registry } from "./images.ts";
import { librariesOf } from "./libraries.ts";

const rootFiles = fileURLToPath(new URL("glibc", import.meta.url));
const bundleFile = "node-worker.cjs";

/**
 * The load worker with the Node that runs this, the libraries that this Node needs, and the agent, which opens its gate.
 * Node stays at its own path: that is where it looks for libraries that came with it.
 */
export async function nodeWorkerImage(agent: BuiltProgram): Promise<Image> {
  const node = await realpath(process.execPath);
  const [bundle, libraries, { size }] = await Promise.all([nodeWorkerBundle(), librariesOf(node), stat(node)]);
  const parts = [
    bundle,
    agent.hash,
    process.version,
    process.arch,
    node,
    size,
    ...libraries,
    await hashTree(rootFiles),
  ];
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);
  const entrypoint = [node, `/${bundleFile}`];
  return cachedImage(`${registry}/node-worker:${hash}`, { entrypoint }, async (root) => {
    for (const file of [node, ...libraries]) {
      await mkdir(join(root, dirname(file)), { recursive: true });
      await copyFile(file, join(root, file));
    }
    await writeFile(join(root, bundleFile), bundle);
    await copyFile(agent.path, join(root, "packetwalk-agent"));
    await cp(rootFiles, root, { recursive: true });
  });
}
