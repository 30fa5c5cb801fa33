/** One quantity of each block over a run's time, in percent. */
import { rectY } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import { formatShare, plural } from "../../view/format.ts";
import type { PlacedInTime } from "../../view/run-time.ts";
import type { Chart } from "./chart.ts";
import { armColour } from "./facets.ts";
import { type RunTime, runPlot } from "./run-axis.ts";

export interface RunBars {
  readonly id: string;
  readonly title: string;
  readonly yTitle: string;
  readonly isLast: boolean;
  /** 0–1; null: not read. */
  readonly of: (block: PlacedInTime) => number | null;
}

/** The axis goes at least as far, in percent: a trace of a share must not look like much. */
const LEAST_TOP = 1;

/** null where no block tells. */
export function runBars(
  { id, title, yTitle, isLast, of }: RunBars,
  arms: readonly ArmView[],
  time: RunTime,
): Chart | null {
  const known = time.blocks.flatMap((block) => {
    const share = of(block);
    return share === null ? [] : [{ block, share }];
  });
  if (known.length === 0) return null;
  const top = Math.max(LEAST_TOP, ...known.map(({ share }) => 100 * share));
  const words = arms.map((arm) => {
    const own = known.filter(({ block }) => block.arm === arm);
    const unread = time.blocks.filter((block) => block.arm === arm).length - own.length;
    const most = own.length === 0 ? "not read" : `at most ${formatShare(Math.max(...own.map(({ share }) => share)))}`;
    return `${arm.label}: ${most}${own.length > 0 && unread > 0 ? `, not read in ${plural(unread, "block")}` : ""}.`;
  });
  return {
    id,
    title,
    description: words.join(" "),
    draw: (size) =>
      runPlot({
        time,
        size,
        height: 70,
        yTitle,
        isLast,
        y: { domain: [0, top * 1.05], ticks: 3, tickFormat: (tick: number) => `${tick} %`, grid: true },
        marks: arms.map((arm) =>
          rectY(
            known.filter(({ block, share }) => block.arm === arm && share > 0),
            {
              x1: ({ block }: { block: PlacedInTime }) => block.fromMin,
              x2: ({ block }: { block: PlacedInTime }) => block.toMin,
              y: ({ share }: { share: number }) => 100 * share,
              fill: armColour(arm),
              className: "bar",
            },
          ),
        ),
      }),
  };
}
