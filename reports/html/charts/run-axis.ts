/** Charts over a run's own time: one axis, and the same room beside it, so that instants stand below each other. */
import { frame, type Markish, type PlotOptions, ruleX, text } from "@observablehq/plot";
import type { PlacedInTime } from "../../view/run-time.ts";
import type { Size } from "./chart.ts";

export interface RunTime {
  readonly blocks: readonly PlacedInTime[];
  /** Minutes at which the run went on after an interruption. */
  readonly pauses: readonly number[];
}

export interface RunPlot {
  readonly time: RunTime;
  readonly size: Size;
  readonly height: number;
  readonly yTitle: string;
  /** The last of a figure names the axis for all. */
  readonly isLast: boolean;
  readonly y: NonNullable<PlotOptions["y"]>;
  readonly marks: readonly Markish[];
}

export function runPlot({ time: { blocks, pauses }, size, height, yTitle, isLast, y, marks }: RunPlot): PlotOptions {
  const bottom = isLast ? 40 : 22;
  return {
    height: height + 34 + bottom,
    marginTop: 34,
    marginRight: size.name === "wide" ? 34 : 14,
    marginBottom: bottom,
    marginLeft: 58,
    x: {
      domain: [0, Math.max(...blocks.map(({ toMin }) => toMin))],
      label: isLast ? "minutes since the run began" : null,
      labelAnchor: "right",
      labelArrow: false,
      labelOffset: 36,
      ticks: size.name === "wide" ? 10 : 5,
      tickSize: 4,
    },
    y: { label: null, tickSize: 0, ...y },
    marks: [
      frame({ stroke: "var(--rule)" }),
      ...marks,
      ruleX(pauses, { stroke: "var(--ink)", strokeDasharray: "2 3", className: "pause" }),
      text([yTitle], { frameAnchor: "top-left", dx: -56, dy: -28, fill: "var(--quiet)" }),
    ],
  };
}
