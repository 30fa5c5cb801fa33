/** On what events happen, until when, and whom they tell. */
import type { EventEffect } from "../../result/rehearsal.ts";
import type { Cordons } from "./cordons.ts";
import type { RehearsalGround } from "./ground.ts";
import type { TargetPods } from "./target-pods.ts";

export interface Meanwhile {
  readonly startUnixMs: number;
  /** Aborts when the load has ended, or was stopped. */
  readonly until: AbortSignal;
  /** The targets'. */
  readonly pods: TargetPods;
}

export interface Happening extends Meanwhile {
  readonly ground: RehearsalGround;
  readonly cordons: Cordons;
  /** Takes when it begins, where that is not when it is let. */
  begins(atUnixMs: number): void;
  /** Takes what it came to, as far as it got. */
  tell(effect: EventEffect): void;
}
