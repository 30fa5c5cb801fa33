import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import type { Arms } from "../../runner/tunings/tuning.ts";

export const ARMS: Arms<Sysctl> = { baseline: [], recommended: ["pod-port-range"], placebo: [] };
