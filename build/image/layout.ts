/** An OCI image layout (image-spec 1.1), and the archive of it. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { tarOf } from "./tar.ts";

const TYPES = {
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  config: "application/vnd.oci.image.config.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
};

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Layer {
  readonly blob: Descriptor;
  /** Digest of the tar before it was compressed. */
  readonly diffId: string;
}

export interface Layout {
  addLayer(tar: AsyncIterable<unknown>): Promise<Layer>;
  addConfig(config: object): Promise<Descriptor>;
  addManifest(config: Descriptor, layers: readonly Layer[]): Promise<Descriptor>;
  addIndex(manifests: readonly (Descriptor & { readonly platform: object })[]): Promise<Descriptor>;
  /** Names the image in the layout, and writes all of it as a tar: whole or not at all. */
  archive(index: Descriptor, reference: string, file: string, seconds: number): Promise<void>;
}

/** @param folder an empty one, for the blobs */
export async function newLayout(folder: string): Promise<Layout> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });

  const addJson = async (mediaType: string, content: object): Promise<Descriptor> => {
    const text = JSON.stringify(content);
    const hex = createHash("sha256").update(text).digest("hex");
    await writeFile(join(blobs, hex), text);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };

  return {
    async addLayer(tar) {
      const draft = join(folder, "layer.new");
      const [plain, compressed] = [hashing(), hashing()];
      await pipeline(tar, plain.stream, createGzip(), compressed.stream, createWriteStream(draft));
      const hex = compressed.hex();
      await rename(draft, join(blobs, hex));
      const { size } = await stat(join(blobs, hex));
      return { blob: { mediaType: TYPES.layer, digest: `sha256:${hex}`, size }, diffId: `sha256:${plain.hex()}` };
    },
    addConfig: (config) => addJson(TYPES.config, config),
    addManifest: (config, layers) =>
      addJson(TYPES.manifest, {
        schemaVersion: 2,
        mediaType: TYPES.manifest,
        config,
        layers: layers.map(({ blob }) => blob),
      }),
    addIndex: (manifests) => addJson(TYPES.index, { schemaVersion: 2, mediaType: TYPES.index, manifests }),
    async archive(index, reference, file, seconds) {
      // One entry, as skopeo demands of an archive; containerd and Docker take the whole name from the first annotation.
      const annotations = {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": reference.slice(reference.lastIndexOf(":") + 1),
      };
      const manifests = [{ ...index, annotations }];
      const top = { schemaVersion: 2, mediaType: TYPES.index, manifests };
      await writeFile(join(folder, "index.json"), JSON.stringify(top));
      await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      const draft = `${file}.new`;
      try {
        await pipeline(tarOf(folder, seconds), createWriteStream(draft));
        await rename(draft, file);
      } finally {
        await rm(draft, { force: true });
      }
    },
  };
}

/** Lets bytes through and knows their SHA-256 at the end. */
function hashing(): { stream: PassThrough; hex(): string } {
  const hash = createHash("sha256");
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => hash.update(chunk));
  return { stream, hex: () => hash.digest("hex") };
}
