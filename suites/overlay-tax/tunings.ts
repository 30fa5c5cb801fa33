import type { ActsIn, Tuning } from "../../runner/tunings/tuning.ts";

export type PathName = "direct" | "vxlan";

/** Which path packets take between the pods of the run's two nodes; the pods get the MTU that fits it. */
export interface PodPath extends Tuning {
  readonly kind: "pod-path";
  readonly scope: "node";
  readonly path: PathName;
  readonly nodeChange: string;
}

/** Who computes checksums of what leaves by the overlay's device: the device, or the kernel beforehand. */
export interface OverlayOffload extends Tuning {
  readonly kind: "overlay-offload";
  readonly scope: "node";
  readonly value: "on" | "off";
  readonly nodeChange: string;
}

export type OverlayTuning = PodPath | OverlayOffload;

export const ON_ROUTES: ActsIn = { words: "each node’s route to the other node’s pods", places: ["route"] };
export const ON_OVERLAY: ActsIn = { words: "the overlay’s device on each node", places: ["overlay-device"] };

/** The path that an arm asks for; null: as the cluster has it. */
export function pathOf(tunings: readonly OverlayTuning[]): PathName | null {
  return tunings.find((each) => each.kind === "pod-path")?.path ?? null;
}

/** Whether an arm has the overlay's device compute checksums; null: as it is. */
export function txChecksumOf(tunings: readonly OverlayTuning[]): boolean | null {
  const offload = tunings.find((each) => each.kind === "overlay-offload");
  return offload === undefined ? null : offload.value === "on";
}
