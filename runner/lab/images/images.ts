import { copyFile, link, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuiltProgram } from "../builds/cached-program.ts";
import { withLock } from "../lock.ts";
import { exists } from "../machine/files.ts";
import { cacheDir } from "../paths.ts";
import { type ImageSpec, writeImage } from "./oci.ts";

/** An image in the cache. */
export interface Image {
  reference: string;
  archive: string;
}

export const registry = "packetwalk.local";

const imagesDir = () => join(cacheDir(), "images");
const fileName = (reference: string) => reference.replaceAll("/", "_").replace(":", "@");

/** An image of that name in the cache whose tag will do. */
export async function findImage(name: string, isWanted: (tag: string) => boolean): Promise<Image | undefined> {
  const prefix = `${fileName(`${registry}/${name}`)}@`;
  const files = await readdir(imagesDir()).catch(() => []);
  for (const file of files.filter((each) => each.startsWith(prefix) && each.endsWith(".tar"))) {
    const tag = file.slice(prefix.length, -".tar".length);
    if (isWanted(tag)) return { reference: `${registry}/${name}:${tag}`, archive: join(imagesDir(), file) };
  }
  return undefined;
}

/** Finds an image in the cache by its reference, or makes it from what `fill` puts into its root folder. */
export async function cachedImage(
  reference: string,
  spec: Omit<ImageSpec, "reference" | "rootDirectory">,
  fill: (rootDirectory: string, workDirectory: string) => Promise<void>,
): Promise<Image> {
  const archive = join(imagesDir(), `${fileName(reference)}.tar`);
  const image = { reference, archive };
  if (await exists(archive)) return image;
  return withLock(
    `image/${archive}`,
    () => {},
    async () => {
      if (await exists(archive)) return image;
      // One place for all that is temporary, so that what an interrupted attempt left goes first.
      const work = `${archive}.work`;
      await rm(work, { recursive: true, force: true });
      const rootDirectory = join(work, "root");
      await mkdir(rootDirectory, { recursive: true });
      try {
        await fill(rootDirectory, work);
        await writeImage({ ...spec, reference, rootDirectory }, work, archive);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
      return image;
    },
  );
}

/** An image of nothing but static programs, by their paths in it; the first is what it runs. */
export function programImage(
  name: string,
  tag: string,
  programs: Readonly<Record<string, BuiltProgram>>,
  args: string[] = [],
): Promise<Image> {
  const [first] = Object.keys(programs);
  return cachedImage(`${registry}/${name}:${tag}`, { entrypoint: [`/${first}`], arguments: args }, async (root) => {
    for (const [file, { path }] of Object.entries(programs)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await link(path, join(root, file)).catch(() => copyFile(path, join(root, file)));
    }
  });
}
