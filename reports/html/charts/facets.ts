/** Small multiples, one panel an arm, with what all time charts share: margins, arm labels, time axis. */
import { frame, type Markish, type PlotOptions, text } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import type { Size } from "./chart.ts";

const MARGIN = { top: 50, right: 34, bottom: 40, left: 58 };

/** The arm's colour in charts and tables. */
export function armColour(arm: ArmView): string {
  return `var(--arm-${arm.role})`;
}

export function clipped(label: string, most: number): string {
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}

/** The channel that puts a mark into the arm's panel. */
export function panel(arm: ArmView, size: Size): { readonly fx?: () => string; readonly fy?: () => string } {
  const key = () => String(arm.index);
  return size.arrange === "columns" ? { fx: key } : { fy: key };
}

export interface Panels {
  readonly arms: readonly ArmView[];
  readonly size: Size;
  /** Height of one panel's frame, in pixels. */
  readonly height: number;
  readonly yTitle: string;
  /** Seconds. */
  readonly timeDomain: readonly [number, number];
  readonly y: PlotOptions["y"];
  readonly marks: readonly Markish[];
}

export function panelPlot({ arms, size, height, yTitle, timeDomain, y, marks }: Panels): PlotOptions {
  const keys = arms.map((arm) => String(arm.index));
  const rows = size.arrange === "rows" ? keys.length : 1;
  // Plot's band padding p leaves p of a step between panels: enough here for an arm's label above its panel.
  const gap = 46;
  const plotHeight = rows * height + (rows - 1) * gap;
  // One band alone would be set off by it.
  const facetPadding = keys.length < 2 ? 0 : size.arrange === "rows" ? gap / (height + gap) : 0.09;
  return {
    height: plotHeight + MARGIN.top + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    ...(size.arrange === "columns"
      ? { fx: { domain: keys, axis: null, paddingInner: facetPadding, paddingOuter: 0 } }
      : { fy: { domain: keys, axis: null, paddingInner: facetPadding, paddingOuter: 0 } }),
    x: {
      domain: [...timeDomain],
      label: "seconds since the load began",
      labelAnchor: "right",
      labelArrow: false,
      labelOffset: 36,
      ticks: 6,
      tickSize: 4,
    },
    y: { label: null, tickSize: 0, ...y },
    marks: [
      frame({ stroke: "var(--rule)" }),
      ...marks,
      text([yTitle], { facet: "super", frameAnchor: "top-left", dx: -MARGIN.left + 2, dy: -46, fill: "var(--quiet)" }),
      ...arms.map((arm) =>
        text([clipped(arm.label, size.arrange === "columns" ? 44 : 34)], {
          ...panel(arm, size),
          frameAnchor: "top-left",
          dy: -20,
          fill: armColour(arm),
          className: "arm-label",
        }),
      ),
    ],
  };
}
