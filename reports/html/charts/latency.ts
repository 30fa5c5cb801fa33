/** Latency of answered requests over time: p99 as the median of blocks within their range, p50 beside it. */
import { areaY, line, text } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import { formatQuantity } from "../../view/format.ts";
import { median, type SlicePoint, slicePoints } from "../../view/series.ts";
import type { Chart } from "./chart.ts";
import { type BlockTime, eventLabels, eventRules } from "./events.ts";
import { armColour, panel, panelPlot } from "./facets.ts";
import { FASTEST_MS, logAxis } from "./log-axis.ts";

const at = (point: SlicePoint) => point.atS + point.widthS / 2;
const bounded = (value: number | undefined) => (value === undefined ? null : Math.max(FASTEST_MS, value));

function summary(arm: ArmView, points: readonly SlicePoint[]): string {
  const known = points.flatMap((point) => (point.p99Ms ? [point.p99Ms.median] : []));
  const middle = median(known);
  if (middle === null) return `${arm.label}: no request was answered.`;
  const worst = formatQuantity(Math.max(...known), "ms");
  return `${arm.label}: p99 is ${formatQuantity(middle, "ms")} in the median slice and ${worst} in the worst.`;
}

/** null where no arm has a single answered request. */
export function latencyChart(time: BlockTime): Chart | null {
  const { arms, timeDomain, events } = time;
  const series = arms.map((arm) => ({ arm, points: slicePoints(arm) }));
  const values = series.flatMap(({ points }) =>
    points.flatMap(({ p50Ms, p99Ms }) =>
      [p50Ms?.low, p50Ms?.median, p99Ms?.low, p99Ms?.high].flatMap((v) => bounded(v) ?? []),
    ),
  );
  if (values.length === 0) return null;
  return {
    id: "latency",
    title: "Latency of answered requests over time, by arm",
    description: series.map(({ arm, points }) => summary(arm, points)).join(" "),
    draw: (size) =>
      panelPlot({
        arms,
        size,
        height: size.arrange === "columns" ? 230 : 180,
        yTitle: "latency of answered requests, log scale",
        timeDomain,
        y: logAxis(values),
        marks: series.flatMap(({ arm, points }) => {
          const last99 = points.filter((point) => point.p99Ms).at(-1);
          const last50 = points.filter((point) => point.p50Ms).at(-1);
          const own = { x: at, ...panel(arm, size) };
          const label = { ...own, textAnchor: "start", dx: 6, fill: "var(--quiet)" } as const;
          return [
            eventRules(arm, size, events),
            areaY(points, {
              ...own,
              y1: (point: SlicePoint) => bounded(point.p99Ms?.low),
              y2: (point: SlicePoint) => bounded(point.p99Ms?.high),
              fill: armColour(arm),
              fillOpacity: 0.2,
              className: "range",
            }),
            line(points, {
              ...own,
              y: (point: SlicePoint) => bounded(point.p50Ms?.median),
              stroke: armColour(arm),
              strokeWidth: 1.5,
              strokeDasharray: "2 3",
              className: "p50",
            }),
            line(points, {
              ...own,
              y: (point: SlicePoint) => bounded(point.p99Ms?.median),
              stroke: armColour(arm),
              strokeWidth: 2,
              className: "p99",
            }),
            text(last99 ? [last99] : [], {
              ...label,
              y: (point: SlicePoint) => bounded(point.p99Ms?.median),
              text: () => "p99",
              lineAnchor: "bottom",
            }),
            text(last50 ? [last50] : [], {
              ...label,
              y: (point: SlicePoint) => bounded(point.p50Ms?.median),
              text: () => "p50",
              lineAnchor: "top",
            }),
            eventLabels(arm, size, time),
          ];
        }),
      }),
  };
}
