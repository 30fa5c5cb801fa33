import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../lock.ts";
import { exists } from "../machine/files.ts";
import { cacheDir } from "../paths.ts";

export interface BuiltProgram {
  path: string;
  /** Short hash of all that it is made of. */
  hash: string;
}

/**
 * A program in the cache: the one of that hash, or a new one. Interrupted at any time it leaves nothing half done.
 * @param build writes the program to the path `draft`, in `folder`
 */
export async function cachedProgram(
  { name, hash }: { readonly name: string; readonly hash: string },
  update: (detail: string) => void,
  build: (draft: string, folder: string) => Promise<unknown>,
): Promise<BuiltProgram> {
  const folder = join(cacheDir(), "programs", `${name}-${hash}`);
  const built = { path: join(folder, name), hash };
  if (await exists(built.path)) return built;
  return withLock(
    `build/${folder}`,
    () => update("waiting for another build of it"),
    async () => {
      if (await exists(built.path)) return built;
      await mkdir(folder, { recursive: true });
      const draft = `${built.path}.new`;
      try {
        await build(draft, folder);
        await rename(draft, built.path);
      } finally {
        await rm(draft, { force: true });
      }
      return built;
    },
  );
}
