import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { WheelProgram } from "../builds/wheels.ts";
import { cachedImage, type Image, registry } from "./images.ts";
import { librariesOf } from "./libraries.ts";

/** Envoy with this machine's C library, its only dependency. Its tag begins with its version. */
export async function envoyImage(envoy: WheelProgram): Promise<Image> {
  const program = "usr/local/bin/envoy";
  const reference = `${registry}/envoy:${envoy.version}-${envoy.hash}`;
  return cachedImage(reference, { entrypoint: [`/${program}`] }, async (root) => {
    await mkdir(dirname(join(root, program)), { recursive: true });
    await copyFile(envoy.path, join(root, program));
    for (const library of await librariesOf(envoy.path)) {
      await mkdir(dirname(join(root, library)), { recursive: true });
      await copyFile(library, join(root, library));
    }
  });
}
