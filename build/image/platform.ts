/** One architecture's part of the image: its layers, from the one that changes least, and how it is run. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Architecture } from "../../runner/architecture.ts";
import { fillDebian } from "./debian.ts";
import type { Descriptor, Layer, Layout } from "./layout.ts";
import { fillNode } from "./node.ts";
import { NODE_VERSION } from "./node-packages.ts";
import type { Origin } from "./origin.ts";
import { fillPackage, type Packed } from "./package.ts";
import { type Overrides, tarOf } from "./tar.ts";

/** The user that it runs as, and its home. */
const UID = 1000;
const HOME = "work";
const OVERRIDES: Overrides = { [HOME]: { mode: 0o755, uid: UID }, tmp: { mode: 0o1777, uid: 0 } };

interface LayerSource {
  readonly what: string;
  /** Puts the layer's files into a folder, with another one for what is temporary. */
  readonly fill: (root: string, architecture: Architecture, work: string) => Promise<void>;
}

const layersOf = (packed: Packed): readonly LayerSource[] => [
  { what: "Debian's libraries", fill: fillDebian },
  { what: `Node ${NODE_VERSION}`, fill: fillNode },
  { what: "packetwalk", fill: (root, architecture, work) => fillPackage(root, packed, architecture, work) },
];

export interface PlatformManifest extends Descriptor {
  readonly platform: { readonly architecture: Architecture; readonly os: "linux" };
}

/** @param work a folder for what is temporary; the caller removes it */
export async function addPlatform(
  layout: Layout,
  architecture: Architecture,
  { origin, packed }: { readonly origin: Origin; readonly packed: Packed },
  work: string,
  say: (line: string) => void,
): Promise<PlatformManifest> {
  const made: { readonly what: string; readonly layer: Layer }[] = [];
  for (const { what, fill } of layersOf(packed)) {
    say(`linux/${architecture}: ${what}`);
    const [root, temporary] = [join(work, `root-${made.length}`), join(work, `work-${made.length}`)];
    for (const folder of [root, temporary]) await mkdir(folder, { recursive: true });
    await fill(root, architecture, temporary);
    made.push({ what, layer: await layout.addLayer(tarOf(root, origin.seconds, OVERRIDES)) });
  }
  const created = new Date(origin.seconds * 1000).toISOString();
  const platform = { architecture, os: "linux" as const };
  const layers = made.map(({ layer }) => layer);
  const config = await layout.addConfig({
    ...platform,
    created,
    config: {
      // A number: where a pod must not run as root, the kubelet can tell.
      User: `${UID}:${UID}`,
      Entrypoint: ["packetwalk"],
      WorkingDir: `/${HOME}`,
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", `HOME=/${HOME}`],
      Labels: origin.labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: made.map(({ what }) => ({ created, created_by: "npm run image", comment: what })),
  });
  return { ...(await layout.addManifest(config, layers)), platform };
}
