import type { Arms } from "../../runner/tunings/tuning.ts";
import type { RolloutTuning } from "./tunings.ts";

/**
 * None has a native sleep with too short a grace period: the API server itself
 * refuses that ("must be non-negative and less than terminationGracePeriodSeconds").
 */
export const ROLLOUT_ARMS: Arms<RolloutTuning> = {
  baseline: [],
  article: ["prestop-exec-sleep-10"],
  "native-sleep": ["prestop-native-sleep-10"],
  recommended: [
    "prestop-native-sleep-10",
    "stop-signal-quit",
    "readiness-period-1",
    "grace-period-45",
    "max-unavailable-0",
    "next-upstream",
  ],
  placebo: ["pod-annotation"],
  "article-short-grace": ["prestop-exec-sleep-10", "grace-period-1"],
  "stop-signal": ["stop-signal-quit"],
  "next-upstream": ["next-upstream"],
};
