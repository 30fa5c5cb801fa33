/** Failed requests over time, on the latency chart's time axis: one bar for each slice in which any request failed. */
import { rectY } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import { formatQuantity, formatShare, plural } from "../../view/format.ts";
import { type SlicePoint, slicePoints } from "../../view/series.ts";
import type { Chart } from "./chart.ts";
import { type BlockTime, eventRules } from "./events.ts";
import { armColour, panel, panelPlot } from "./facets.ts";

function summary(arm: ArmView, failing: readonly SlicePoint[]): string {
  const [first] = failing;
  if (!first) return `${arm.label}: no request failed.`;
  const worst = Math.max(...failing.map((point) => point.failed / Math.max(1, point.scheduled)));
  return `${arm.label}: failures in ${plural(failing.length, "slice")}, the first ${formatQuantity(first.atS, "s")} after the load began, up to ${formatShare(worst)} of the requests scheduled in a slice.`;
}

/** null where no request failed in any arm. */
export function failedShareChart({ arms, timeDomain, events }: BlockTime): Chart | null {
  const series = arms.map((arm) => {
    const points = slicePoints(arm);
    return { arm, points, failing: points.filter((point) => point.failed > 0) };
  });
  if (series.every(({ failing }) => failing.length === 0)) return null;
  return {
    id: "failed-share",
    title: "Share of requests that failed over time, by arm",
    description: series.map(({ arm, failing }) => summary(arm, failing)).join(" "),
    draw: (size) =>
      panelPlot({
        arms,
        size,
        height: 80,
        yTitle: "failed, % of the requests scheduled in the slice",
        timeDomain,
        y: { domain: [0, 100], ticks: [0, 50, 100], tickFormat: (tick: number) => `${tick} %`, grid: true },
        marks: series.flatMap(({ arm, failing }) => [
          eventRules(arm, size, events),
          rectY(failing, {
            ...panel(arm, size),
            x1: (point: SlicePoint) => point.atS,
            x2: (point: SlicePoint) => point.atS + point.widthS,
            y: (point: SlicePoint) => (100 * point.failed) / Math.max(1, point.scheduled),
            fill: armColour(arm),
            insetLeft: 0.5,
            insetRight: 0.5,
            className: "failed",
          }),
        ]),
      }),
  };
}
