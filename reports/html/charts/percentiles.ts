/** Latency by percentile, both arms in one frame: the tail takes as much room as the body. */
import { areaY, dot, frame, line, type Markish, text } from "@observablehq/plot";
import { formatQuantity } from "../../view/format.ts";
import {
  NAMED_PERCENTILES,
  type PercentileCurve,
  type PercentilePoint,
  percentileName,
} from "../../view/percentiles.ts";
import type { Chart } from "./chart.ts";
import { armColour, clipped } from "./facets.ts";
import { FASTEST_MS, logAxis } from "./log-axis.ts";

/** Each nine takes the same width; the slowest stands at the end, a nine further. */
const position = (percentile: number) => (percentile === 100 ? 4 : -Math.log10(1 - percentile / 100));
const bounded = (ms: number) => Math.max(FASTEST_MS, ms);

const NAMED: ReadonlySet<number> = new Set(NAMED_PERCENTILES);
const named = ({ points }: PercentileCurve) => points.filter(({ percentile }) => NAMED.has(percentile));

function summary(curve: PercentileCurve): string {
  const values = named(curve).map(({ percentile, ms }) => `${percentileName(percentile)} ${formatQuantity(ms, "ms")}`);
  return `${curve.arm.label}: ${values.join(", ")}.`;
}

/** null where no arm has latencies. */
export function percentilesChart(curves: readonly PercentileCurve[]): Chart | null {
  const values = curves.flatMap(({ points }) =>
    points.flatMap(({ ms, interval }) => [ms, ...(interval ? [interval.low, interval.high] : [])]),
  );
  if (values.length === 0) return null;
  return {
    id: "percentiles",
    title: "Latency by percentile, by arm",
    description: curves.map(summary).join(" "),
    draw: (size) => ({
      height: size.name === "wide" ? 340 : 300,
      marginTop: 50,
      marginRight: size.name === "wide" ? 34 : 20,
      marginBottom: 40,
      marginLeft: 58,
      x: {
        domain: [position(50), position(100)],
        ticks: NAMED_PERCENTILES.map(position),
        tickFormat: (_: number, at: number) => percentileName(NAMED_PERCENTILES[at] ?? 100),
        label: "percentile of the requests",
        labelAnchor: "right",
        labelArrow: false,
        labelOffset: 36,
        tickSize: 4,
      },
      y: { ...logAxis(values.map(bounded)), label: null, tickSize: 0 },
      marks: [
        frame({ stroke: "var(--rule)" }),
        text(["latency, log scale"], {
          frameAnchor: "top-left",
          dx: -56,
          dy: -46,
          fill: "var(--quiet)",
        }),
        ...curves.flatMap((curve, at) => [...curveMarks(curve), legend(curve, at, size.name === "wide" ? 300 : 145)]),
      ],
    }),
  };
}

function curveMarks(curve: PercentileCurve): Markish[] {
  const { arm, points } = curve;
  const x = ({ percentile }: PercentilePoint) => position(percentile);
  const colour = armColour(arm);
  return [
    areaY(
      points.filter(({ interval }) => interval !== null),
      {
        x,
        y1: ({ interval, ms }: PercentilePoint) => bounded(interval?.low ?? ms),
        y2: ({ interval, ms }: PercentilePoint) => bounded(interval?.high ?? ms),
        fill: colour,
        fillOpacity: 0.2,
        className: "interval",
      },
    ),
    line(points, {
      x,
      y: ({ ms }: PercentilePoint) => bounded(ms),
      stroke: colour,
      strokeWidth: 2,
      ...dashes(arm.index),
      className: "curve",
    }),
    dot(named(curve), {
      x,
      y: ({ ms }: PercentilePoint) => bounded(ms),
      r: 3.5,
      fill: colour,
      stroke: "var(--paper)",
      className: "named",
    }),
  ];
}

/** Colour never stands alone. */
function dashes(index: number): { readonly strokeDasharray?: string } {
  return index === 0 ? {} : { strokeDasharray: "7 4" };
}

/** Above the frame, as curves that lie on each other leave no room beside them. */
function legend({ arm }: PercentileCurve, at: number, step: number): Markish {
  const sign = arm.index === 0 ? "──" : "╌╌";
  return text([`${sign} ${clipped(arm.label, step < 200 ? 15 : 34)}`], {
    frameAnchor: "top-left",
    dx: at * step,
    dy: -20,
    fill: armColour(arm),
    className: "arm-label",
  });
}
