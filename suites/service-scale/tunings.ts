import type { ProxyMode } from "../../runner/tunings/lab-need.ts";
import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import type { ActsIn, Tuning } from "../../runner/tunings/tuning.ts";

/** How the cluster's kube-proxy was set up: an arm takes a cluster that has it, and nothing is set. */
export interface ProxyModeTuning extends Tuning {
  readonly kind: "proxy-mode";
  readonly scope: "component";
  readonly mode: ProxyMode;
}

/** Which of the suite's Services the load goes to, by its place in the chain on the client's node. */
export interface ServicePlace extends Tuning {
  readonly kind: "service-place";
  readonly scope: "component";
  readonly place: Place;
}

export type Place = "head" | "tail";
export type ScaleTuning = Sysctl | ProxyModeTuning | ServicePlace;

/** The kinds of places where they are read back. */
export const IN_NODE_RULES: ActsIn = { words: "the rules of the nodes", places: ["node-rules"] };

export function placeOf(tunings: readonly ScaleTuning[]): Place {
  return tunings.find((each): each is ServicePlace => each.kind === "service-place")?.place ?? "tail";
}

export function modeOf(tunings: readonly ScaleTuning[]): ProxyMode | null {
  return tunings.find((each): each is ProxyModeTuning => each.kind === "proxy-mode")?.mode ?? null;
}
