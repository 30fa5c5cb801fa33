/** The fullest conntrack table against its limit: every block's samples, the model's line, the first drops. */
import { dot, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { Result } from "../../schema.ts";
import { type ArmView, ofArm } from "../../view/arms.ts";
import { formatCount, formatQuantity } from "../../view/format.ts";
import { type Cliff, cliffOf, type OccupancyPoint, occupancyPoints } from "../../view/series.ts";
import type { Chart } from "./chart.ts";
import { armColour, clipped, panel, panelPlot } from "./facets.ts";

interface Occupancy {
  readonly arm: ArmView;
  readonly samples: readonly OccupancyPoint[];
  readonly predicted: readonly { readonly atS: number; readonly entries: number }[];
  readonly limit: number | null;
  readonly cliff: Cliff | null;
  readonly cliffs: readonly number[];
}

/** A limit further above the samples than this would press all lines onto the axis; it is named instead of drawn. */
const FARTHEST_LIMIT = 8;

function occupancyOf(arm: ArmView, arms: readonly ArmView[], result: Result): Occupancy {
  const model = ofArm(result.predictedOccupancy, arm, arms)[0];
  const limits = arm.measured.flatMap((block) => block.conntrack.map((sample) => sample.limit));
  return {
    arm,
    samples: occupancyPoints(arm),
    predicted: (model?.points ?? []).map((point) => ({ atS: point.atMs / 1000, entries: point.entries })),
    limit: limits.length > 0 ? Math.max(...limits) : (model?.limit ?? null),
    cliff: cliffOf(arm),
    cliffs: arm.measured.flatMap((block) => (block.cliff ? [block.cliff.atMs / 1000] : [])),
  };
}

function summary({ arm, samples, limit, cliff }: Occupancy): string {
  if (samples.length === 0) return `${arm.label}: no samples.`;
  const peak = formatCount(Math.max(...samples.map((sample) => sample.entries)));
  const of = limit === null ? "" : ` of ${formatCount(limit)}`;
  const drop = cliff
    ? `the first drop came after ${formatQuantity(cliff.atS, "s")} (median of ${cliff.blocks} of ${arm.measured.length} blocks)`
    : "nothing was dropped";
  return `${arm.label}: the table peaked at ${peak}${of} entries; ${drop}.`;
}

/** null where neither samples nor a prediction exist. */
export function occupancyChart(arms: readonly ArmView[], result: Result): Chart | null {
  const all = arms.map((arm) => occupancyOf(arm, arms, result));
  const drawn = all.flatMap(({ samples, predicted }) => [...samples, ...predicted]);
  if (drawn.length === 0) return null;
  const peak = Math.max(1, ...drawn.map((point) => point.entries));
  const within = (limit: number) => limit <= FARTHEST_LIMIT * peak;
  const top = 1.15 * Math.max(peak, ...all.flatMap(({ limit }) => (limit !== null && within(limit) ? [limit] : [])));
  const times = drawn.map((point) => point.atS);
  return {
    id: "occupancy",
    title: "Conntrack entries on the fullest node over time, by arm",
    description: all.map(summary).join(" "),
    draw: (size) =>
      panelPlot({
        arms,
        size,
        height: size.arrange === "columns" ? 230 : 180,
        yTitle: "conntrack entries, fullest node",
        timeDomain: [Math.min(0, ...times), Math.max(...times)],
        y: {
          domain: [0, top],
          ticks: 5,
          grid: true,
          tickFormat: (tick: number) => (tick >= 1000 ? `${(tick / 1000).toLocaleString("en-US")}k` : String(tick)),
        },
        marks: all.flatMap((occupancy) => {
          const { arm, samples, predicted, limit, cliff, cliffs } = occupancy;
          const own = panel(arm, size);
          const note = { ...own, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4 };
          return [
            line(samples, {
              ...own,
              x: "atS",
              y: "entries",
              z: "block",
              stroke: armColour(arm),
              strokeOpacity: 0.75,
              className: "samples",
            }),
            line(predicted, {
              ...own,
              x: "atS",
              y: "entries",
              stroke: "var(--ink)",
              strokeWidth: 1.5,
              strokeDasharray: "6 4",
              className: "predicted",
            }),
            ...(limit === null
              ? []
              : [
                  ...(within(limit)
                    ? [ruleY([limit], { ...own, stroke: "var(--ink)", strokeWidth: 1.5, className: "limit" })]
                    : []),
                  text([limit], {
                    ...note,
                    ...(within(limit) ? { y: limit, dy: -5 } : { dy: 14 }),
                    frameAnchor: within(limit) ? "left" : "top-left",
                    lineAnchor: "bottom",
                    textAnchor: "start",
                    dx: 6,
                    text: (value: number) => `limit ${formatCount(value)}${within(value) ? "" : ", above this chart"}`,
                  }),
                ]),
            ...(cliff === null
              ? []
              : [
                  ruleX([cliff.atS], { ...own, stroke: "var(--bad)", strokeWidth: 1.5, className: "cliff" }),
                  dot(cliffs, {
                    ...own,
                    x: (atS: number) => atS,
                    y: () => Math.min(limit ?? peak, top),
                    r: 3.5,
                    fill: "var(--bad)",
                    stroke: "var(--paper)",
                    className: "first-drop",
                  }),
                  text([cliff.atS], {
                    ...note,
                    x: cliff.atS,
                    frameAnchor: "bottom",
                    textAnchor: "end",
                    dx: -6,
                    dy: -8,
                    fill: "var(--bad)",
                    text: () => clipped(`first drop ${formatQuantity(cliff.atS, "s")}`, 40),
                  }),
                ]),
          ];
        }),
      }),
  };
}
