/** The packet's walk: the hops that this target could count, in order, with what died at each in each arm. */
import { HOPS, type HopName, type HopReport } from "../../runner/result/hops.ts";
import type { Result } from "../../runner/result/result.ts";
import { type ArmView, armViews, ofArm } from "./arms.ts";

export interface WalkStop {
  readonly hop: HopName;
  /** One entry an arm, in the arms' order; null where the arm has no counters of this hop. */
  readonly perArm: readonly (HopReport | null)[];
  /** Failed requests of all arms that the evidence puts down to this hop. */
  readonly attributed: number;
}

export interface Walk {
  readonly stops: readonly WalkStop[];
  /** Hops without counters on this target: not zero, but not known. */
  readonly unmeasured: readonly HopName[];
}

export function walkOf(result: Result, arms: readonly ArmView[] = armViews(result)): Walk {
  const byArm = arms.map((arm) => ofArm(result.hops, arm, arms, (hop) => hop.name));
  const stops = HOPS.map((hop) => ({
    hop,
    perArm: byArm.map((reports) => reports.find((report) => report.name === hop) ?? null),
    attributed: result.attribution.byHop[hop] ?? 0,
  }));
  const known = (stop: WalkStop) => stop.attributed > 0 || stop.perArm.some((report) => report !== null);
  return { stops: stops.filter(known), unmeasured: stops.filter((stop) => !known(stop)).map((stop) => stop.hop) };
}
