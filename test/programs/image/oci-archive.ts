/** Reads an OCI archive as image-spec has it, apart from the code that writes it. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import { extract, type Header } from "tar-stream";
import { z } from "zod";

export const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const Descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
type Descriptor = z.infer<typeof Descriptor>;

const Index = z.object({ schemaVersion: z.literal(2), mediaType: z.string(), manifests: z.array(Descriptor) });
const Manifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal("application/vnd.oci.image.manifest.v1+json"),
  config: Descriptor,
  layers: z.array(Descriptor),
});
const Config = z.object({
  architecture: z.string(),
  os: z.string(),
  created: z.string(),
  config: z.record(z.string(), z.unknown()),
  rootfs: z.object({ type: z.literal("layers"), diff_ids: z.array(z.string()) }),
});

export interface File {
  readonly header: Header;
  readonly bytes: Buffer;
}

export interface Platform {
  readonly named: Descriptor["platform"];
  readonly config: z.infer<typeof Config>;
  /** Each layer before it was compressed. */
  readonly layers: readonly { readonly diffId: string; readonly files: ReadonlyMap<string, File> }[];
  /** Of all layers. */
  readonly files: ReadonlyMap<string, File>;
}

export interface Archive {
  readonly layout: unknown;
  readonly top: readonly Descriptor[];
  readonly platforms: readonly Platform[];
  /** Every descriptor, and the blob that it names. */
  readonly blobs: readonly { readonly descriptor: Descriptor; readonly bytes: Buffer }[];
  /** All that lies among the blobs. */
  readonly names: readonly string[];
}

/** @param folder an empty one to unpack it into */
export async function readArchive(file: string, folder: string): Promise<Archive> {
  await execa("tar", ["-xf", file, "-C", folder]);
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const blobs: { descriptor: Descriptor; bytes: Buffer }[] = [];
  const blob = (descriptor: Descriptor) => {
    const bytes = readFileSync(join(folder, "blobs/sha256", descriptor.digest.replace("sha256:", "")));
    blobs.push({ descriptor, bytes });
    return bytes;
  };
  const document = (descriptor: Descriptor): unknown => JSON.parse(blob(descriptor).toString());
  const top = Index.parse(json("index.json")).manifests;
  const manifests = top.flatMap((index) => Index.parse(document(index)).manifests);
  const platforms: Platform[] = [];
  for (const each of manifests) {
    const manifest = Manifest.parse(document(each));
    const config = Config.parse(document(manifest.config));
    const layers: { diffId: string; files: Map<string, File> }[] = [];
    for (const layer of manifest.layers) {
      const tar = gunzipSync(blob(layer));
      layers.push({ diffId: sha256(tar), files: await filesIn(tar) });
    }
    const files = new Map(layers.flatMap((layer) => [...layer.files]));
    platforms.push({ named: each.platform, config, layers, files });
  }
  return { layout: json("oci-layout"), top, platforms, blobs, names: readdirSync(join(folder, "blobs/sha256")) };
}

async function filesIn(tar: Buffer): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) {
      if (!(chunk instanceof Uint8Array)) throw new Error(`${entry.header.name} does not come in bytes`);
      chunks.push(chunk);
    }
    files.set(entry.header.name, { header: entry.header, bytes: Buffer.concat(chunks) });
  }
  return files;
}
