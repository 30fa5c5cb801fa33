import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { WebPod } from "../../../runner/workloads/web.ts";
import { type RolloutTuning, webImageOf } from "../tunings.ts";
import { createRollingWeb } from "./rolling-web.ts";
import type { RolloutStage } from "./rollout-stage.ts";
import { applyWorkload } from "./tunings/workload.ts";

/** The workload as an arm wants it, with its first pod ready. */
export async function makeWeb(
  stage: RolloutStage,
  { tunings }: Pick<ArmPlan<RolloutTuning>, "tunings">,
): Promise<readonly WebPod[]> {
  const { cluster, images, signal } = stage;
  const variant = webImageOf(tunings);
  const image = variant === "web" ? images.web : await stage.image(variant);
  return createRollingWeb(cluster, image, () => applyWorkload(cluster, tunings), signal);
}
