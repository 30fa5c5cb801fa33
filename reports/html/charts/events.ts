/** What happened at an instant of the blocks, as a rule through every chart on their time axis. */
import { type Markish, ruleX, text } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import type { BlockEvent } from "../../view/events.ts";
import type { Size } from "./chart.ts";
import { panel } from "./facets.ts";

/** What all charts of a block's time share. */
export interface BlockTime {
  readonly arms: readonly ArmView[];
  /** Seconds. */
  readonly timeDomain: readonly [number, number];
  readonly events: readonly BlockEvent[];
}

/** An event that came up to this share of the axis after a named one has no room for a name of its own. */
const ROOM = 0.28;

export function eventRules(arm: ArmView, size: Size, events: readonly BlockEvent[]): Markish {
  return ruleX(ofArm(arm, events), {
    ...panel(arm, size),
    x: "atS",
    stroke: "var(--ink)",
    strokeOpacity: 0.55,
    strokeDasharray: "2 3",
    className: "event",
  });
}

/** At the panel's top; the description has all of them. */
export function eventLabels(arm: ArmView, size: Size, { events, timeDomain: [, end] }: BlockTime): Markish {
  let free = 0;
  const named = ofArm(arm, events).filter(({ atS }) => {
    if (atS < free) return false;
    free = atS + ROOM * end;
    return true;
  });
  const late = ({ atS }: BlockEvent) => atS > (1 - ROOM) * end;
  return [true, false].map((isLate) =>
    text(
      named.filter((event) => late(event) === isLate),
      {
        ...panel(arm, size),
        x: "atS",
        frameAnchor: "top",
        textAnchor: isLate ? "end" : "start",
        dx: isLate ? -5 : 5,
        dy: 6,
        fill: "var(--ink)",
        stroke: "var(--paper)",
        strokeWidth: 4,
        text: "what",
        className: "event-label",
      },
    ),
  );
}

function ofArm(arm: ArmView, events: readonly BlockEvent[]): readonly BlockEvent[] {
  return events.filter((event) => event.arm === arm.index).sort((a, b) => a.atS - b.atS);
}
