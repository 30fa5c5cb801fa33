/** Failed requests by cause: one bar an arm and cause, as a share of what was scheduled, so that arms compare. */
import { barX, text } from "@observablehq/plot";
import { type ArmView, failuresByCause, sum } from "../../view/arms.ts";
import { formatCount, formatShare } from "../../view/format.ts";
import { spaced } from "../../view/words.ts";
import type { Chart, Size } from "./chart.ts";
import { armColour, clipped } from "./facets.ts";

interface Bar {
  readonly arm: ArmView;
  readonly cause: string;
  readonly count: number;
  readonly share: number;
}

const BAR_HEIGHT = 20;
const HEADING_HEIGHT = 26;

function barsOf(arms: readonly ArmView[]): readonly Bar[] {
  const counts = arms.map((arm) => new Map(failuresByCause(arm).map(({ cause, count }) => [cause, count])));
  const causes = [...new Set(counts.flatMap((of) => [...of.keys()]))];
  const bars = causes.flatMap((cause) =>
    arms.map((arm, i) => {
      const count = counts[i]?.get(cause) ?? 0;
      return { arm, cause, count, share: count / Math.max(1, sum(arm.measured.map((block) => block.scheduled))) };
    }),
  );
  const most = (cause: string) => Math.max(...bars.filter((bar) => bar.cause === cause).map((bar) => bar.share));
  return bars.sort((a, b) => most(b.cause) - most(a.cause));
}

function label(bar: Bar, size: Size): string {
  const value =
    bar.arm.measured.length === 0
      ? "no valid block"
      : bar.count === 0
        ? "none"
        : `${formatCount(bar.count)} (${formatShare(bar.share)})`;
  return `${clipped(bar.arm.label, size.name === "wide" ? 24 : 11)} ${value}`;
}

/** null where no request failed in any arm. */
export function causesChart(arms: readonly ArmView[]): Chart | null {
  const bars = barsOf(arms);
  if (bars.length === 0) return null;
  const causes = [...new Set(bars.map((bar) => bar.cause))];
  const step = arms.length * BAR_HEIGHT + HEADING_HEIGHT;
  const most = Math.max(...bars.map((bar) => bar.share));
  return {
    id: "causes",
    title: "Failed requests by cause and arm",
    description: causes
      .map((cause) => {
        const own = bars.filter((bar) => bar.cause === cause);
        return `${spaced(cause)}: ${own.map((bar) => `${bar.arm.label} ${formatCount(bar.count)}`).join(", ")}.`;
      })
      .join(" "),
    draw: (size) => ({
      height: causes.length * step + 8,
      marginTop: HEADING_HEIGHT,
      marginBottom: 8,
      marginLeft: 1,
      marginRight: size.name === "wide" ? 300 : 225,
      x: { domain: [0, most], axis: null },
      y: { domain: arms.map((arm) => arm.index), axis: null, padding: 0.15 },
      fy: { domain: causes, axis: null, paddingInner: HEADING_HEIGHT / step, paddingOuter: 0 },
      marks: [
        ...arms.map((arm) =>
          barX(
            bars.filter((bar) => bar.arm === arm && bar.count > 0),
            {
              fy: "cause",
              y: () => arm.index,
              x: "share",
              // A cause that happened must show, however rare.
              insetRight: -2,
              fill: armColour(arm),
              className: "cause",
            },
          ),
        ),
        ...arms.map((arm) =>
          text(
            bars.filter((bar) => bar.arm === arm),
            {
              fy: "cause",
              y: () => arm.index,
              x: "share",
              text: (bar: Bar) => label(bar, size),
              textAnchor: "start",
              dx: 8,
              fill: "var(--ink)",
            },
          ),
        ),
        text(causes, {
          fy: (cause: string) => cause,
          text: (cause: string) => spaced(cause),
          frameAnchor: "top-left",
          dy: -19,
          fill: "var(--ink)",
          className: "heading",
        }),
      ],
    }),
  };
}
