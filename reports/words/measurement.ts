import type { Measurement, MeasurementReason } from "../../runner/result/measurement.ts";
import type { PremiseReason } from "../../runner/result/reasons.ts";
import { formatCount, formatShare, plural } from "../view/format.ts";
import type { Say } from "./attribution.ts";
import { incomparable } from "./run.ts";
import { voidReason } from "./voided.ts";

/** What there is of one arm, in a line. */
export function measurementHead({ suite, arm, state }: Pick<Measurement, "suite" | "arm" | "state">): string {
  return `${suite}, ${arm.name}: ${state === "measured" ? "measured, and compared with nothing" : "! invalid; this is not a pass"}`;
}

/** Why what one arm measured is no evidence, in a clause. */
export function measurementWhy(why: MeasurementReason, say: Say): string {
  switch (why.kind) {
    case "premise-not-met":
      return premise(why.because, say);
    case "too-few-blocks":
      return `${plural(why.voided, "block")} had to be voided${why.first ? ` (${voidReason(why.first)})` : ""}; the ${formatCount(why.counted)} that count are too few`;
    case "not-as-planned":
      return incomparable(why.because);
    case "unmeasured":
      return `no valid block measured ${why.metrics.join(", ")}`;
  }
}

function premise(because: PremiseReason, say: Say): string {
  switch (because.kind) {
    case "no-way":
      return `none of ${plural(because.requests, "request")} ended well: there is no way to the target`;
    case "mostly-failed":
      return `${formatShare(because.tunedShare)} of the requests failed with nothing to explain it: something else is broken`;
    case "of-suite":
      return say(because.said);
  }
}
