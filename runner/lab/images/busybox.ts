import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../machine/command.ts";
import { copyDebianPrograms, debianVersion } from "./debian.ts";
import { cachedImage, findImage, type Image, registry } from "./images.ts";

/** BusyBox as Debian packages it, static, with all of its commands. Once built it stays. */
export async function busyboxImage(update: (detail: string) => void): Promise<Image> {
  const existing = await findImage("busybox", () => true);
  if (existing) return existing;
  const version = await debianVersion("busybox-static", "the image that packetwalk's programs run from", update);
  return cachedImage(`${registry}/busybox:${version}`, { entrypoint: ["/bin/sh"] }, async (root, work) => {
    update("fetching BusyBox");
    await addBusybox(root, work);
  });
}

/**
 * Gives an image's root BusyBox and its commands: all of them, or those named.
 * @param work a folder for what is temporary; the caller removes it
 */
export async function addBusybox(root: string, work: string, commands?: readonly string[]): Promise<void> {
  await mkdir(join(root, "bin"), { recursive: true });
  await copyDebianPrograms("busybox-static", ["bin/busybox"], root, work);
  const all = await command(join(root, "bin/busybox"), ["--list"]);
  const wanted = commands ?? all.split("\n").filter((name) => name !== "" && name !== "busybox");
  for (const name of wanted) await symlink("busybox", join(root, "bin", name));
}
