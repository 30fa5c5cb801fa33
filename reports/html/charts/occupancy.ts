/** The fullest conntrack table against its limit: every block's samples, the model's line, the first drops. */
import { dot, line, type Markish, ruleX, ruleY, text } from "@observablehq/plot";
import type { OccupancyLine } from "../../suite-report.ts";
import { type ArmView, drawnBlocks, ofArm } from "../../view/arms.ts";
import { formatCount, formatQuantity } from "../../view/format.ts";
import { type Cliff, cliffOf, type OccupancyPoint, occupancyPoints } from "../../view/series.ts";
import type { Chart, Size } from "./chart.ts";
import { armColour, panel, panelPlot } from "./facets.ts";

interface Entries {
  readonly atS: number;
  readonly entries: number;
}

export interface OccupancyView {
  readonly id: string;
  readonly title: string;
  readonly arms: readonly ArmView[];
  readonly model: readonly OccupancyLine[];
  /** How long a block's load lasts, in seconds. */
  readonly loadS: number;
  /** Seconds; absent: as long as the load lasts. */
  readonly timeDomain?: readonly [number, number];
}

interface Occupancy {
  readonly arm: ArmView;
  readonly loadS: number;
  readonly samples: readonly OccupancyPoint[];
  readonly predicted: readonly Entries[];
  readonly limit: number | null;
  readonly cliff: Cliff | null;
  readonly cliffs: readonly number[];
}

/** A limit further above the lines than this many times their own span is named instead of drawn. */
const FARTHEST_LIMIT = 8;
/** More of an arm than this are thinned. */
const MOST_SAMPLES = 2500;
/** A table that is never emptier than this share of its fullest is drawn on an axis that does not begin at zero. */
const ZOOM_ABOVE = 0.6;

function occupancyOf({ arms, model, loadS }: OccupancyView, arm: ArmView): Occupancy {
  const own = ofArm(model, arm, arms)[0];
  const limits = drawnBlocks(arm).flatMap((block) => block.conntrack.map((sample) => sample.limit));
  return {
    arm,
    loadS,
    // What comes before and after the load is how the table was filled and drained, not what the load did.
    samples: thinned(occupancyPoints(arm).filter((sample) => sample.atS >= 0 && sample.atS <= loadS)),
    predicted: (own?.points ?? [])
      .map((point) => ({ atS: point.atMs / 1000, entries: point.entries }))
      .filter((point) => point.atS <= loadS),
    limit: limits.length > 0 ? Math.max(...limits) : (own?.limit ?? null),
    cliff: cliffOf(arm),
    cliffs: drawnBlocks(arm).flatMap((block) => (block.cliff ? [block.cliff.atMs / 1000] : [])),
  };
}

/** Of hours of blocks fewer samples, each block's first, last and fullest always: a page has to stay small. */
function thinned(samples: readonly OccupancyPoint[]): readonly OccupancyPoint[] {
  const every = Math.ceil(samples.length / MOST_SAMPLES);
  if (every === 1) return samples;
  const fullest = new Map<number, OccupancyPoint>();
  for (const sample of samples)
    if (sample.entries > (fullest.get(sample.block)?.entries ?? -1)) fullest.set(sample.block, sample);
  return samples.filter(
    (sample, at) =>
      at % every === 0 ||
      sample.block !== samples[at - 1]?.block ||
      sample.block !== samples[at + 1]?.block ||
      fullest.get(sample.block) === sample,
  );
}

function summary({ arm, samples, limit, cliff }: Occupancy): string {
  if (samples.length === 0) return `${arm.label}: no samples.`;
  const peak = formatCount(Math.max(...samples.map((sample) => sample.entries)));
  const most = limit === null ? "" : ` of ${formatCount(limit)}`;
  const blocks = drawnBlocks(arm).length;
  const of = blocks > 1 ? ` (median; in ${cliff?.blocks} of ${blocks} blocks)` : "";
  const drop = cliff ? `the first drop came after ${formatQuantity(cliff.atS, "s")}${of}` : "nothing was dropped";
  return `${arm.label}: the table peaked at ${peak}${most} entries; ${drop}.`;
}

interface EntriesAxis {
  readonly low: number;
  readonly high: number;
  readonly shows: (limit: number) => boolean;
}

function entriesAxis(all: readonly Occupancy[], drawn: readonly Entries[]): EntriesAxis {
  const peak = Math.max(1, ...drawn.map((point) => point.entries));
  const least = Math.min(...drawn.map((point) => point.entries));
  const low = least > ZOOM_ABOVE * peak ? least - 0.15 * (peak - least) : 0;
  const shows = (limit: number) => limit - low <= FARTHEST_LIMIT * Math.max(1, peak - low);
  const limits = all.flatMap(({ limit }) => (limit !== null && shows(limit) ? [limit] : []));
  const top = Math.max(peak, ...limits);
  return { low: Math.floor(low), high: top + 0.15 * (top - low), shows };
}

/** Ticks of a zoomed axis lie closer than a thousand, so they keep their decimals: "258.5k". */
function thousands(tick: number): string {
  return tick >= 1000 ? `${(tick / 1000).toLocaleString("en-US", { maximumFractionDigits: 2 })}k` : String(tick);
}

function limitMarks(limit: number, arm: ArmView, size: Size, axis: EntriesAxis): Markish[] {
  const own = panel(arm, size);
  const words = {
    ...own,
    fill: "var(--ink)",
    stroke: "var(--paper)",
    strokeWidth: 4,
    textAnchor: "start",
    dx: 6,
  } as const;
  const named = `limit ${formatCount(limit)}`;
  return axis.shows(limit)
    ? [
        ruleY([limit], { ...own, stroke: "var(--ink)", strokeWidth: 1.5, className: "limit" }),
        text([limit], { ...words, y: limit, frameAnchor: "left", lineAnchor: "bottom", dy: -5, text: () => named }),
      ]
    : [text([limit], { ...words, frameAnchor: "top-left", dy: 6, text: () => `${named}, above this chart` })];
}

function cliffMarks({ arm, limit, cliffs, loadS }: Occupancy, cliff: Cliff, size: Size, axis: EntriesAxis): Markish[] {
  const own = panel(arm, size);
  const late = cliff.atS > loadS / 2;
  return [
    ruleX([cliff.atS], { ...own, stroke: "var(--bad)", strokeWidth: 1.5, className: "cliff" }),
    dot(cliffs, {
      ...own,
      x: (atS: number) => atS,
      y: () => Math.min(limit ?? axis.high, axis.high),
      r: 3.5,
      fill: "var(--bad)",
      stroke: "var(--paper)",
      className: "first-drop",
    }),
    text([cliff.atS], {
      ...own,
      x: cliff.atS,
      frameAnchor: "bottom",
      textAnchor: late ? "end" : "start",
      dx: late ? -6 : 6,
      dy: -8,
      fill: "var(--bad)",
      stroke: "var(--paper)",
      strokeWidth: 4,
      text: () => `first drop ${formatQuantity(cliff.atS, "s")}`,
    }),
  ];
}

function marksOf(occupancy: Occupancy, size: Size, axis: EntriesAxis): Markish[] {
  const { arm, samples, predicted, limit, cliff } = occupancy;
  const own = { ...panel(arm, size), x: "atS", y: "entries" };
  return [
    line(samples, { ...own, z: "block", stroke: armColour(arm), strokeOpacity: 0.75, className: "samples" }),
    line(predicted, {
      ...own,
      stroke: "var(--ink)",
      strokeWidth: 1.5,
      strokeDasharray: "6 4",
      className: "predicted",
    }),
    ...(limit === null ? [] : limitMarks(limit, arm, size, axis)),
    ...(cliff === null ? [] : cliffMarks(occupancy, cliff, size, axis)),
  ];
}

/** null where neither samples nor a prediction exist. */
export function occupancyChart(view: OccupancyView): Chart | null {
  const { id, title, arms, loadS, timeDomain = [0, loadS] } = view;
  const all = arms.map((arm) => occupancyOf(view, arm));
  const drawn = all.flatMap(({ samples, predicted }): readonly Entries[] => [...samples, ...predicted]);
  if (drawn.length === 0) return null;
  const axis = entriesAxis(all, drawn);
  const yTitle = `conntrack entries, fullest node${axis.low > 0 ? " (axis not from zero)" : ""}`;
  return {
    id,
    title,
    description: all.map(summary).join(" "),
    draw: (size) =>
      panelPlot({
        arms,
        size,
        height: size.arrange === "columns" ? 230 : 180,
        yTitle,
        timeDomain,
        y: { domain: [axis.low, axis.high], ticks: 5, grid: true, tickFormat: thousands },
        marks: all.flatMap((occupancy) => marksOf(occupancy, size, axis)),
      }),
  };
}
