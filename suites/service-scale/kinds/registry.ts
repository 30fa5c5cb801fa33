import type { TuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { nodeSysctlKind } from "../../../runner/tunings/kinds/node-sysctl.ts";
import { podSysctlKind } from "../../../runner/tunings/kinds/pod-sysctl.ts";
import type { ScaleTuning } from "../tunings.ts";
import { proxyModeKind } from "./proxy-mode.ts";
import { servicePlaceKind } from "./service-place.ts";

/** What this suite can stage. */
export const SCALE_KINDS: readonly TuningKind<ScaleTuning>[] = [
  nodeSysctlKind,
  podSysctlKind,
  proxyModeKind,
  servicePlaceKind,
];
