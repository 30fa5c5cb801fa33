/** A cost by the number of Services: a dot for each block, and the curve of the order that is preferred. */
import { dot, frame, line, text } from "@observablehq/plot";
import type { Chart } from "../../../../reports/html/charts/chart.ts";
import { armColour, clipped } from "../../../../reports/html/charts/facets.ts";
import { type ArmView, ofArm } from "../../../../reports/view/arms.ts";
import { formatCount } from "../../../../reports/view/format.ts";
import type { Growth, ScaleBlockEvidence } from "../../evidence.ts";
import { costWords, orderInWords, quantity, slopeInWords } from "../view/growth.ts";

type Arm = ArmView<ScaleBlockEvidence>;

const HEIGHT = 240;
const MARGIN = { top: 54, right: 24, bottom: 42, left: 66 };
const TICKS = [1, 10, 100, 1_000, 10_000];

/** null where no arm has a value of it. */
export function growthChart(of: string, growth: readonly Growth[], arms: readonly Arm[]): Chart | null {
  const drawn = arms.flatMap((arm) =>
    ofArm(growth, arm, arms, (each) => `${each.of} ${each.against}`)
      .filter((each) => each.of === of && each.against === "services")
      .map((each) => ({ arm, each })),
  );
  const [first] = drawn;
  if (!first) return null;
  const values = drawn.flatMap(({ each }) => [...each.points, ...each.curve].map(({ value }) => value));
  const ats = drawn.flatMap(({ each }) => each.points.map(({ at }) => at));
  const [least, most] = [Math.min(...ats), Math.max(...ats)];
  const { unit } = first.each;
  return {
    id: `growth-${of}`,
    title: `${costWords(of)}, by number of Services`,
    description: drawn.map(({ arm, each }) => `${arm.label}: ${orderInWords(each)}, ${slopeInWords(each)}.`).join(" "),
    draw: () => ({
      height: HEIGHT + MARGIN.top + MARGIN.bottom,
      marginTop: MARGIN.top,
      marginRight: MARGIN.right,
      marginBottom: MARGIN.bottom,
      marginLeft: MARGIN.left,
      x: {
        type: "log" as const,
        domain: [least / 1.3, Math.max(most, 2) * 1.3],
        ticks: TICKS.filter((tick) => tick >= least && tick <= most),
        tickFormat: (tick: number) => formatCount(tick),
        label: "Services",
        labelAnchor: "right" as const,
        labelArrow: false,
        labelOffset: 36,
        tickSize: 4,
      },
      y: {
        domain: [0, 1.08 * Math.max(...values, Number.MIN_VALUE)],
        ticks: 5,
        tickFormat: (tick: number) => quantity(tick, unit),
        label: null,
        tickSize: 0,
        grid: true,
      },
      marks: [
        frame({ stroke: "var(--rule)" }),
        ...drawn.flatMap(({ arm, each }, index) => [
          line(each.curve, {
            x: "at",
            y: "value",
            stroke: armColour(arm),
            strokeWidth: 1.5,
            className: "growth-curve",
          }),
          dot(each.points, { x: "at", y: "value", fill: armColour(arm), r: 3.5, className: "growth-block" }),
          text([clipped(`${arm.label}: ${each.order ?? "order not told"}`, 44)], {
            frameAnchor: "top-left",
            dy: -40 + 16 * index,
            fill: armColour(arm),
            className: "arm-label",
          }),
        ]),
      ],
    }),
  };
}
