import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../machine/command.ts";

export interface ImageSpec {
  /** As pods name it, e.g. "packetwalk.local/web:1.22.1". */
  reference: string;
  /** Folder whose content becomes the image's only layer. */
  rootDirectory: string;
  entrypoint: string[];
  arguments?: string[];
  user?: string;
  /** What the runtime sends to end a container, e.g. "SIGQUIT"; SIGTERM if not given. */
  stopSignal?: string;
}

/**
 * Writes an image as an OCI archive (image-spec 1.1: an image layout in a tar), uncompressed, for `ctr images import`.
 * Equal input gives equal bytes. The archive appears whole or not at all.
 * @param work a folder on the archive's file system for what is temporary; the caller removes it.
 */
export async function writeImage(spec: ImageSpec, work: string, archive: string): Promise<void> {
  const layout = join(work, "layout");
  const blobs = join(layout, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const layer = await addBlob(blobs, await tar(spec.rootDirectory, join(work, "layer")));
  const config = await addJson(blobs, {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      Entrypoint: spec.entrypoint,
      ...(spec.arguments ? { Cmd: spec.arguments } : {}),
      ...(spec.user ? { User: spec.user } : {}),
      ...(spec.stopSignal ? { StopSignal: spec.stopSignal } : {}),
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    },
    // Of an uncompressed layer, the digest of its content is that of its blob.
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = await addJson(blobs, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
  });
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(
    join(layout, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          ...manifest,
          annotations: {
            "io.containerd.image.name": spec.reference,
            "org.opencontainers.image.ref.name": spec.reference,
          },
        },
      ],
    }),
  );
  await rename(await tar(layout, join(work, "archive")), archive);
}

/**
 * Puts the files of an image that writeImage wrote into a folder.
 * @param work a folder for what is temporary; the caller removes it.
 */
export async function unpackImage(archive: string, rootDirectory: string, work: string): Promise<void> {
  const layout = join(work, "unpacked");
  await mkdir(layout);
  await command("tar", ["-C", layout, "-xf", archive]);
  const blob = ({ digest }: Descriptor) => join(layout, "blobs", "sha256", digest.replace("sha256:", ""));
  const [manifest] = ((await readJson(join(layout, "index.json"))) as { manifests: [Descriptor] }).manifests;
  const [layer] = ((await readJson(blob(manifest))) as { layers: [Descriptor] }).layers;
  await command("tar", ["--same-permissions", "-C", rootDirectory, "-xf", blob(layer)]);
}

interface Descriptor {
  digest: string;
  size: number;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

async function tar(directory: string, file: string): Promise<string> {
  const uniform = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  await command("tar", [...uniform, "-C", directory, "-cf", file, "."]);
  return file;
}

async function addBlob(blobs: string, file: string): Promise<Descriptor> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const hex = hash.digest("hex");
  await link(file, join(blobs, hex));
  return { digest: `sha256:${hex}`, size: (await stat(file)).size };
}

async function addJson(blobs: string, content: object): Promise<Descriptor> {
  const text = JSON.stringify(content);
  const hex = createHash("sha256").update(text).digest("hex");
  await writeFile(join(blobs, hex), text);
  return { digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
