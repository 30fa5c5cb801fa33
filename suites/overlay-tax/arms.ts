import type { Arms } from "../../runner/tunings/tuning.ts";
import type { OverlayTuning } from "./tunings.ts";

export const ARMS: Arms<OverlayTuning> = {
  /** The path that the cluster has. */
  baseline: [],
  direct: ["pod-path-direct"],
  vxlan: ["pod-path-vxlan"],
  // The overlay with the remedy against its checksum bug, as published.
  article: ["pod-path-vxlan", "overlay-tx-checksum-off"],
  "vxlan-checksum-off": ["pod-path-vxlan", "overlay-tx-checksum-off"],
  // What the tax, where there is one, is saved by.
  recommended: ["pod-path-direct"],
  placebo: [],
};
