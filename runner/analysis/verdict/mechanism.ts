/** Whether something that does harm moved with a metric that got better, and by enough to explain it. */
import { type Mechanism, requestsOf } from "../metrics.ts";
import { mean } from "../samples.ts";
import { rankShift, totalShift } from "../shift-test.ts";
import { valuesIn } from "./arm-values.ts";
import { type Compared, gainOf } from "./comparison.ts";

export type Explanation =
  | { readonly kind: "explained"; readonly by: string }
  | { readonly kind: "too-small"; readonly by: string; readonly moved: number; readonly needed: number }
  | { readonly kind: "none" };

/** The conventional level of one counter. */
const LEVEL = 0.05;
/** Of what the effect would take, so much at least has to be there: counters and requests are not read at one instant. */
const SHARE_OF_EFFECT = 0.5;

/** The first mechanism that moved the same way by enough; else the first that moved at all. */
export function explain<E>(comparison: Compared<E>): Explanation {
  let small: Explanation = { kind: "none" };
  for (const mechanism of comparison.spec.mechanisms) {
    const moved = movement(mechanism, comparison);
    if (moved === null) continue;
    const needed = SHARE_OF_EFFECT * (mechanism.counts === "events" ? eventsFor(comparison) : moved.asMuchAs);
    if (moved.by >= needed) return { kind: "explained", by: mechanism.name };
    if (small.kind === "none") small = { kind: "too-small", by: mechanism.name, moved: moved.by, needed };
  }
  return small;
}

/** By how much it fell where the metric got better, or rose where it got worse; null if not beyond chance. */
function movement<E>(mechanism: Mechanism<E>, comparison: Compared<E>) {
  const before = valuesIn(comparison.baseline.blocks, mechanism);
  const after = valuesIn(comparison.tuned.blocks, mechanism);
  const shift = (mechanism.counts === "events" ? totalShift : rankShift)(before, after);
  if (!shift) return null;
  const fell = gainOf(comparison) > 0;
  if ((fell ? shift.lowerP : shift.higherP) >= LEVEL) return null;
  const most = Math.max(Math.abs(mean(before)), Math.abs(mean(after)));
  return { by: Math.abs(shift.effect), asMuchAs: most * relativeEffect(comparison) };
}

/** Part of the metric that the effect takes away or adds, 0–1. */
function relativeEffect<E>({ typical, shift }: Compared<E>): number {
  const most = Math.max(Math.abs(typical.baseline), Math.abs(typical.tuned));
  return most === 0 ? 0 : Math.min(1, Math.abs(shift.effect) / most);
}

/**
 * Events in a block that the effect would take, if each hit one request: as many as failed more, or as many as lie beyond the
 * quantile (one packet in 6 000 moves no p99). Of other metrics, the same part of their own number.
 */
function eventsFor<E>(comparison: Compared<E>): number {
  const { spec, shift, baseline, tuned } = comparison;
  const requests = mean([...baseline.blocks, ...tuned.blocks].map(requestsOf));
  switch (spec.kind) {
    case "quantile":
      return spec.beyond * requests;
    case "share":
      return (Math.abs(shift.effect) / 100) * requests;
    case "count":
      return Math.abs(shift.effect);
    default:
      return 1;
  }
}
