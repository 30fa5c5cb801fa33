import { dot, lineY, ruleX } from "@observablehq/plot";
import type { Group, Series } from "../../runner/analysis/history/series.ts";
import { renderChart } from "../html/charts/chart.ts";
import type { Markup } from "../html/markup.ts";
import { formatWithUnit } from "../view/format.ts";
import { changeWords, day } from "./words.ts";

const HEIGHT = 180;

interface Drawn {
  readonly at: Date;
  /** NaN: a gap, where the line breaks. */
  readonly value: number;
}

export function trendChart(series: Series, group: Group, id: string): Markup {
  const { metric, arm, unit, points, changes } = series;
  const [first, last] = [points[0], points.at(-1)];
  const spans = points.flatMap(({ at, value, noise }) =>
    noise === null ? [] : [{ at: new Date(at), low: value - noise, high: value + noise }],
  );
  const drawn = withGaps(series, group);
  return renderChart({
    id,
    title: `${metric} of ${arm}, night by night`,
    description: [
      `From ${formatWithUnit(first?.value ?? null, unit)} on ${day(first?.at ?? "")} to ${formatWithUnit(last?.value ?? null, unit)} on ${day(last?.at ?? "")}.`,
      ...changes.map((change) => `${day(change.at)}: ${changeWords(change, unit)}.`),
    ].join(" "),
    draw: (size) => ({
      height: HEIGHT,
      ...{ marginLeft: 64, marginBottom: 36 },
      x: { type: "utc", label: null, ticks: size.name === "wide" ? 8 : 4 },
      y: { label: unit, grid: true, ticks: 4, nice: true },
      marks: [
        ruleX(
          changes.filter(({ matters }) => matters),
          {
            x: (change) => new Date(change.at),
            stroke: (change) => `var(--${change.direction === "worse" ? "bad" : "good"})`,
            strokeDasharray: "4 3",
            strokeWidth: 1.5,
          },
        ),
        ruleX(spans, { x: "at", y1: "low", y2: "high", stroke: "var(--band)", strokeWidth: 3 }),
        lineY(drawn, { x: "at", y: "value", stroke: "var(--arm-tuned)" }),
        dot(drawn, { x: "at", y: "value", fill: "var(--arm-tuned)", r: 2.2 }),
      ],
      color: { type: "identity" },
    }),
  });
}

/** The series with a hole wherever a night is missing, or no run was made. */
function withGaps({ points, missing }: Series, { silences }: Group): Drawn[] {
  const holes = [...missing.map(({ at }) => at), ...silences.map(({ after }) => after)];
  return [
    ...points.map(({ at, value }) => ({ at: new Date(at), value })),
    // A moment after the last night before a silence, which has a value of its own.
    ...holes.map((at) => ({ at: new Date(Date.parse(at) + 1), value: Number.NaN })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
}
