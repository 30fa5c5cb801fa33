import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Architecture } from "../../runner/architecture.ts";
import { demandDebian } from "./debian.ts";
import { newLayout } from "./layout.ts";
import { type Origin, originOf } from "./origin.ts";
import { packedPackage } from "./package.ts";
import { addPlatform, type PlatformManifest } from "./platform.ts";

export interface ImageOptions {
  /** Of the clone. */
  readonly root: string;
  readonly architectures: readonly Architecture[];
  /** What it is called, without a tag; the tag is packetwalk's version. */
  readonly name: string;
  /** The folder that the archive is written to. */
  readonly out: string;
  /** SOURCE_DATE_EPOCH. */
  readonly epoch: string | undefined;
  readonly say: (line: string) => void;
}

export interface MadeImage {
  readonly file: string;
  readonly reference: string;
  /** Of the image's index. */
  readonly digest: string;
  readonly labels: Origin["labels"];
}

/**
 * packetwalk with Node as an OCI archive. Equal sources give equal bytes.
 * @throws UsageError, EnvironmentError or LabError where something is missing
 */
export async function makeImage({ root, architectures, name, out, epoch, say }: ImageOptions): Promise<MadeImage> {
  const origin = await originOf(root, epoch);
  await demandDebian();
  const work = await mkdtemp(join(tmpdir(), "packetwalk-image-"));
  try {
    const layout = await newLayout(join(work, "layout"));
    say("packing packetwalk");
    const packed = await packedPackage(root, join(work, "packed"));
    const manifests: PlatformManifest[] = [];
    for (const architecture of architectures) {
      manifests.push(await addPlatform(layout, architecture, { origin, packed }, join(work, architecture), say));
    }
    const index = await layout.addIndex(manifests);
    // What lacks an architecture does not go by the name of what has all.
    const only = architectures.length === 1 ? `-${architectures[0]}` : "";
    const file = join(out, `packetwalk-${origin.version}${only}.oci.tar`);
    const reference = `${name}:${origin.version}`;
    await mkdir(out, { recursive: true });
    await layout.archive(index, reference, file, origin.seconds);
    return { file, reference, digest: index.digest, labels: origin.labels };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
