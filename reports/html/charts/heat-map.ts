/** Latency over a run's time: a column a block, a cell a bin of its latencies, the fuller its colour the more of its requests. */
import { dot, type RenderFunction, rect } from "@observablehq/plot";
import type { ArmView } from "../../view/arms.ts";
import { formatQuantity, plural } from "../../view/format.ts";
import type { LatencyCell, PlacedInTime } from "../../view/run-time.ts";
import type { Chart } from "./chart.ts";
import { armColour } from "./facets.ts";
import { logAxis } from "./log-axis.ts";
import { type RunTime, runPlot } from "./run-axis.ts";

/** From this share of a block's requests on, this opaque: rare slow requests must show. */
export const SHADES = [
  { from: 0, opacity: 0.16, words: "under 0.1 %" },
  { from: 0.001, opacity: 0.32, words: "0.1 to 1 %" },
  { from: 0.01, opacity: 0.52, words: "1 to 10 %" },
  { from: 0.1, opacity: 0.75, words: "10 to 30 %" },
  { from: 0.3, opacity: 1, words: "30 % or more" },
] as const;

interface Cell extends LatencyCell {
  readonly block: PlacedInTime;
}

function shadeOf({ share }: LatencyCell): (typeof SHADES)[number] {
  return SHADES.findLast(({ from }) => share >= from) ?? SHADES[0];
}

function summary(arm: ArmView, cells: readonly Cell[]): string {
  const slowest = Math.max(...cells.map(({ highMs }) => highMs));
  const blocks = new Set(cells.map(({ block }) => block)).size;
  return `${arm.label}: ${plural(blocks, "block")}, the slowest request below ${formatQuantity(slowest, "ms")}.`;
}

/**
 * Of one arm, on the axes of all.
 * @returns null where none of its blocks kept latencies
 */
export function heatMap(arm: ArmView, time: RunTime): Chart | null {
  const all = time.blocks.flatMap((block) => block.cells.map((cell): Cell => ({ ...cell, block })));
  const cells = all.filter(({ block }) => block.arm === arm);
  const uncounted = time.blocks.filter((block) => block.arm === arm && !block.valid);
  if (cells.length === 0) return null;
  return {
    id: `heat-map-${arm.role}`,
    title: `Latency over the run’s time, ${arm.label}`,
    description: summary(arm, cells),
    draw: (size) =>
      runPlot({
        time,
        size,
        height: 150,
        isLast: false,
        yTitle: `latency of ${arm.label}, log scale`,
        y: { ...logAxis(all.flatMap(({ lowMs, highMs }) => [lowMs, highMs])), grid: false },
        marks: [
          ...SHADES.map((shade) =>
            rect(
              cells.filter((cell) => shadeOf(cell) === shade),
              {
                x1: ({ block }: Cell) => block.fromMin,
                x2: ({ block }: Cell) => block.toMin,
                y1: "lowMs",
                y2: "highMs",
                fill: armColour(arm),
                render: onePath(armColour(arm), shade.opacity),
              },
            ),
          ),
          dot(uncounted, {
            x: ({ fromMin, toMin }: PlacedInTime) => (fromMin + toMin) / 2,
            frameAnchor: "top",
            dy: 8,
            symbol: "times",
            r: 4,
            stroke: "var(--void)",
            strokeWidth: 1.75,
            className: "void",
          }),
        ],
      }),
  };
}

/** All cells of a shade in one path: an hour of blocks has thousands, and a page has to stay small. */
const onePath =
  (fill: string, opacity: number): RenderFunction =>
  (index, _scales, { x1, x2, y1, y2 }, _dimensions, { document }) => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    group.setAttribute("class", "cells");
    group.setAttribute("fill", fill);
    group.setAttribute("fill-opacity", String(opacity));
    const at = (channel: ArrayLike<unknown> | undefined, i: number) => Number(channel?.[i]);
    const cells = [...index].map((i) => {
      const [left, right] = [at(x1, i), at(x2, i)].sort((a, b) => a - b) as [number, number];
      const [top, bottom] = [at(y1, i), at(y2, i)].sort((a, b) => a - b) as [number, number];
      const width = Math.max(1, right - left).toFixed(1);
      return `M${left.toFixed(1)},${top.toFixed(1)}h${width}v${(bottom - top).toFixed(1)}h-${width}z`;
    });
    if (cells.length === 0) return group;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", cells.join(""));
    group.append(path);
    return group;
  };
