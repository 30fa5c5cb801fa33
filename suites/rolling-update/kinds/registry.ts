import type { TuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { RolloutTuning } from "../tunings.ts";
import { proxySettingKind } from "./proxy-setting.ts";
import { workloadImageKind } from "./workload-image.ts";
import { workloadPatchKind } from "./workload-patch.ts";

/** What this suite can stage. */
export const ROLLOUT_KINDS: readonly TuningKind<RolloutTuning>[] = [
  workloadPatchKind,
  workloadImageKind,
  proxySettingKind,
];
