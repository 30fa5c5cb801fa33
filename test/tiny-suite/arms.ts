import type { Arms } from "../../runner/tunings/tuning.ts";

export const ARMS: Arms = { baseline: [], recommended: ["pod-port-range"], placebo: [] };
