import { copyFile, link, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltProgram } from "../builds/go.ts";
import { cacheDir } from "../paths.ts";
import { archiveExists, type ImageSpec, writeImage } from "./oci.ts";

/** An image in the cache. */
export interface Image {
  reference: string;
  archive: string;
}

export const registry = "packetwalk.local";

/** Finds an image in the cache by its reference, or makes it from what `fill` puts into its root folder. */
export async function cachedImage(
  reference: string,
  spec: Omit<ImageSpec, "reference" | "rootDirectory">,
  fill: (rootDirectory: string) => Promise<void>,
): Promise<Image> {
  const archive = join(cacheDir(), "images", `${reference.replace(/[/:]/g, "_")}.tar`);
  if (!(await archiveExists(archive))) {
    const rootDirectory = await mkdtemp(join(tmpdir(), "packetwalk-image-"));
    try {
      await fill(rootDirectory);
      await writeImage({ ...spec, reference, rootDirectory }, archive);
    } finally {
      await rm(rootDirectory, { recursive: true, force: true });
    }
  }
  return { reference, archive };
}

/** An image of nothing but one static program. */
export function programImage(
  name: string,
  tag: string,
  program: BuiltProgram,
  file: string,
  args: string[] = [],
): Promise<Image> {
  return cachedImage(`${registry}/${name}:${tag}`, { entrypoint: [`/${file}`], arguments: args }, async (root) => {
    await link(program.path, join(root, file)).catch(() => copyFile(program.path, join(root, file)));
  });
}
