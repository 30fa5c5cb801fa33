import type { ActsIn, Tuning } from "../../runner/tunings/tuning.ts";
import type { JsonMap } from "../../runner/tunings/workload/tree.ts";
import type { OnDemandImage } from "../../runner/workloads/images.ts";

/** A patch of the Deployment that is rolled: gone with it, and it is made anew for every block. */
export interface WorkloadPatch extends Tuning {
  readonly kind: "workload-patch";
  /** Of the pod template, or of the Deployment around it. */
  readonly scope: "pod-spec" | "component";
  /** A strategic merge patch. Every field that it sets is read back. */
  readonly patch: JsonMap;
}

/** The variants of the web workload's image. */
type WebVariant = Extract<OnDemandImage, `web-${string}`>;

/** Another image of the workload that is rolled. */
export interface WorkloadImage extends Tuning {
  readonly kind: "workload-image";
  readonly scope: "pod-spec";
  readonly image: WebVariant;
  /** What a stopping pod's process gets with it. */
  readonly stopSignal: string;
}

/** The proxies in front of the workload ask another upstream when one fails. */
export interface ProxySetting extends Tuning {
  readonly kind: "proxy-setting";
  readonly scope: "component";
}

export type RolloutTuning = WorkloadPatch | WorkloadImage | ProxySetting;

export const IN_WEB_PODS: ActsIn = { words: "the web pods", places: ["server-pods"] };
export const IN_ROLLOUTS: ActsIn = { words: "the Deployment’s rollouts", places: ["deployment"] };
export const IN_PROXIES: ActsIn = { words: "the proxies before the web pods", places: ["proxies"] };

/** The image that an arm's workload runs from. */
export function webImageOf(tunings: readonly RolloutTuning[]): "web" | WebVariant {
  return tunings.find((each) => each.kind === "workload-image")?.image ?? "web";
}

/** Whether an arm's proxies ask another upstream when one fails. */
export function nextUpstreamOf(tunings: readonly RolloutTuning[]): boolean {
  return tunings.some((each) => each.kind === "proxy-setting");
}
