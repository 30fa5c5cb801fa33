/**
 * One rollout as swim lanes, a lane a pod: the pod's process, who led requests to it and until when, and each request
 * that failed at it. What reaches beyond the process's stop is the window in which requests fail.
 */
import { dot, link, type Markish, type PlotOptions, rect, text } from "@observablehq/plot";
import type { Chart, Size } from "../../../../reports/html/charts/chart.ts";
import { clipped } from "../../../../reports/html/charts/facets.ts";
import { spaced } from "../../../../reports/view/words.ts";
import type { FailedRequest, PodTimeline, Rollout, Window } from "../../evidence.ts";
import { FAMILIES, type Family, familyOf, type Scene, stoppedAtMs } from "../view/rollouts.ts";
import { whyWords } from "../words.ts";
import { type LaneBox, type LeadRow, layoutOf, ledUntilMs, type RolloutLayout } from "./rollout-layout.ts";

/** Colour and shape of a failed request, by the family of its cause. */
export const FAMILY_SYMBOLS: Readonly<Record<Family, "circle" | "square" | "diamond" | "triangle" | "star">> = {
  "502": "circle",
  "503": "square",
  "504": "diamond",
  connection: "triangle",
  other: "star",
};

const BAR = 7;
/** Requests that fail at nearly one instant are set on several heights, so that each is seen. */
const STAGGER = [0, -6, 6] as const;

interface Drawing {
  readonly layout: RolloutLayout;
  readonly size: Size;
}

export interface RolloutChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly scene: Scene;
  readonly rollout: Rollout | null;
  /** Of this rollout. */
  readonly windows: readonly Window[];
}

/** null where the rollout has neither a pod nor a failed request. */
export function rolloutChart({ id, title, description, scene, rollout, windows }: RolloutChart): Chart | null {
  if (scene.lanes.length === 0) return null;
  const layout = layoutOf(scene, rollout, windows);
  return { id, title, description, draw: (size) => plotOf({ layout, size }, rollout !== null) };
}

function plotOf(drawing: Drawing, inRollout: boolean): PlotOptions {
  const { layout, size } = drawing;
  const wide = size.name === "wide";
  const span = layout.toMs - layout.fromMs;
  const margins = { top: 6, bottom: 42 };
  const since = inRollout ? "since the rollout began" : "since the load began";
  return {
    height: layout.height + margins.top + margins.bottom,
    marginTop: margins.top,
    marginBottom: margins.bottom,
    marginLeft: wide ? 150 : 118,
    marginRight: wide ? 24 : 14,
    x: {
      domain: [layout.fromMs - layout.zeroMs, layout.toMs - layout.zeroMs],
      label: `${span < 3000 ? "ms" : "seconds"} ${since}`,
      labelAnchor: "right",
      labelArrow: false,
      labelOffset: 36,
      ticks: wide ? 8 : 4,
      tickSize: 4,
      tickFormat: (ms: number) => (span < 3000 ? String(ms) : String(ms / 1000)),
    },
    y: { domain: [0, layout.height], range: [margins.top, margins.top + layout.height], axis: null },
    marks: layout.boxes.flatMap((box) => laneMarks(box, drawing)),
  };
}

function laneMarks(box: LaneBox, drawing: Drawing): Markish[] {
  const { lane } = box.view;
  return [
    groundMark(box, drawing),
    ...(lane.kind === "pod" && lane.timeline ? podMarks(lane.timeline, box, drawing) : []),
    ...headingMarks(box, drawing.size),
    ...failedMarks(box, drawing),
  ];
}

function groundMark(box: LaneBox, { layout }: Drawing): Markish {
  return rect([box], {
    x1: layout.fromMs - layout.zeroMs,
    x2: layout.toMs - layout.zeroMs,
    y1: "top",
    y2: "bottom",
    fill: "var(--panel)",
    title: "heading",
    className: "lane",
  });
}

function headingMarks({ heading, detail, headingY }: LaneBox, size: Size): Markish[] {
  const wide = size.name === "wide";
  return [
    text([clipped(heading, wide ? 60 : 30)], {
      y: headingY,
      frameAnchor: "left",
      textAnchor: "start",
      dx: 6,
      fill: "var(--ink)",
      className: "lane-heading",
    }),
    ...(wide
      ? [text([detail], { y: headingY, frameAnchor: "right", textAnchor: "end", dx: -6, fill: "var(--quiet)" })]
      : []),
  ];
}

/** Of long node names it is the end that tells them apart. */
function shortened(label: string, most: number): string {
  const kept = Math.floor(most / 2);
  return label.length <= most ? label : `${label.slice(0, kept)}…${label.slice(kept + 1 - most)}`;
}

function rowLabel(label: string, y: number, size: Size): Markish {
  return text([shortened(label, size.name === "wide" ? 22 : 18)], {
    y,
    frameAnchor: "left",
    textAnchor: "end",
    dx: -8,
    fill: "var(--quiet)",
    className: "row-label",
  });
}

/** A stretch of time on one row; nothing where it ends before it begins. */
function bar(
  { fromMs, toMs, y }: { readonly fromMs: number; readonly toMs: number; readonly y: number },
  { layout }: Drawing,
  style: { readonly fill: string; readonly fillOpacity?: number; readonly className: string; readonly size?: number },
): Markish[] {
  const from = Math.max(fromMs, layout.fromMs);
  const to = Math.min(toMs, layout.toMs);
  if (to < from) return [];
  const half = (style.size ?? BAR) / 2;
  return [
    rect([0], {
      x1: from - layout.zeroMs,
      x2: to - layout.zeroMs,
      y1: y - half,
      y2: y + half,
      fill: style.fill,
      fillOpacity: style.fillOpacity ?? 1,
      className: style.className,
    }),
  ];
}

function podMarks(pod: PodTimeline, box: LaneBox, drawing: Drawing): Markish[] {
  const { layout, size } = drawing;
  const stopped = stoppedAtMs(pod);
  const ledUntil = ledUntilMs(pod, box.leads);
  const window =
    stopped !== null && ledUntil !== null
      ? bar({ fromMs: stopped, toMs: ledUntil, y: (box.top + box.bottom) / 2 }, drawing, {
          fill: "var(--bad)",
          fillOpacity: 0.1,
          className: "window",
          size: box.bottom - box.top,
        })
      : [];
  return [
    ...window,
    ...moment(pod.deleteRequestedAtMs, box, layout, "delete-requested"),
    rowLabel("process", box.processY, size),
    ...processMarks(pod, box, drawing),
    ...box.leads.flatMap((row) => leadMarks(row, stopped, drawing)),
  ];
}

/** An instant, across all rows of a pod. */
function moment(atMs: number | null, box: LaneBox, layout: RolloutLayout, className: string): Markish[] {
  if (atMs === null) return [];
  return [
    link([0], {
      x1: atMs - layout.zeroMs,
      x2: atMs - layout.zeroMs,
      y1: box.headingY + 10,
      y2: box.bottom,
      stroke: "var(--ink)",
      strokeDasharray: "2 3",
      className,
    }),
  ];
}

/** Full: it takes requests; pale: from its stop signal to its end. */
function processMarks(pod: PodTimeline, box: LaneBox, drawing: Drawing): Markish[] {
  const { layout, size } = drawing;
  const y = box.processY;
  const stopped = stoppedAtMs(pod);
  const began = pod.readyAtMs ?? layout.fromMs;
  const ended = pod.exitedAtMs;
  if (stopped === null) return [notSeen(y, size)];
  return [
    ...bar({ fromMs: began, toMs: stopped, y }, drawing, { fill: "var(--good)", className: "process" }),
    ...(ended === null
      ? []
      : bar({ fromMs: stopped, toMs: ended, y }, drawing, {
          fill: "var(--good)",
          fillOpacity: 0.4,
          className: "stopping",
        })),
    ...(pod.signal ? [instantTick(pod.signal.atMs, y, layout, "stop-signal")] : []),
    ...(ended === null
      ? []
      : [
          dot([0], {
            x: ended - layout.zeroMs,
            y,
            symbol: "times",
            r: 4.5,
            stroke: "var(--ink)",
            strokeWidth: 1.75,
            className: "exit",
          }),
        ]),
  ];
}

function instantTick(atMs: number, y: number, layout: RolloutLayout, className: string): Markish {
  return link([0], {
    x1: atMs - layout.zeroMs,
    x2: atMs - layout.zeroMs,
    y1: y - BAR,
    y2: y + BAR,
    stroke: "var(--ink)",
    strokeWidth: 1.75,
    className,
  });
}

function notSeen(y: number, size: Size): Markish {
  return text(["not seen"], {
    y,
    frameAnchor: "left",
    textAnchor: "start",
    dx: size.name === "wide" ? 6 : 4,
    fill: "var(--quiet)",
    className: "row-label",
  });
}

/** What is led to a pod that has stopped is lost; thin: tries for requests that the proxy had begun before it let go. */
function leadMarks({ party, y, untilMs, lastTryMs }: LeadRow, stoppedMs: number | null, drawing: Drawing): Markish[] {
  const { layout, size } = drawing;
  const label = rowLabel(party, y, size);
  const tail =
    lastTryMs === null || stoppedMs === null
      ? []
      : bar({ fromMs: Math.max(untilMs ?? stoppedMs, stoppedMs), toMs: lastTryMs, y }, drawing, {
          fill: "var(--bad)",
          className: "tried-after",
          size: 2,
        });
  if (untilMs === null) return [label, ...(tail.length > 0 ? tail : [notSeen(y, size)])];
  const fineUntil = stoppedMs === null ? untilMs : Math.min(untilMs, stoppedMs);
  return [
    label,
    ...bar({ fromMs: layout.fromMs, toMs: fineUntil, y }, drawing, {
      fill: "var(--even)",
      fillOpacity: 0.55,
      className: "led",
      size: 4,
    }),
    ...(untilMs > fineUntil
      ? bar({ fromMs: fineUntil, toMs: untilMs, y }, drawing, { fill: "var(--bad)", className: "led-too-long" })
      : []),
    ...tail,
  ];
}

function failedMarks(box: LaneBox, { layout, size }: Drawing): Markish[] {
  const { failed } = box.view;
  if (failed.length === 0) return [];
  const heights = new Map(failed.map((each, i) => [each, box.failedY + (STAGGER[i % STAGGER.length] ?? 0)]));
  const at = (ms: number) => ms - layout.zeroMs;
  const y = (each: FailedRequest) => heights.get(each) ?? box.failedY;
  return [
    rowLabel(`${failed.length} failed`, box.failedY, size),
    // How long its user waited.
    link(failed, {
      x1: (each: FailedRequest) => at(each.atMs),
      x2: (each: FailedRequest) => at(each.endMs),
      y1: y,
      y2: y,
      stroke: "var(--quiet)",
      strokeOpacity: 0.3,
      className: "waited",
    }),
    ...FAMILIES.map((family) =>
      dot(
        failed.filter(({ cause }) => familyOf(cause) === family),
        {
          x: (each: FailedRequest) => at(each.atMs),
          y,
          symbol: FAMILY_SYMBOLS[family],
          r: 3.6,
          fill: `var(--family-${family})`,
          stroke: "var(--panel)",
          strokeWidth: 0.75,
          title: titleOf,
          className: "failed-request",
        },
      ),
    ),
  ];
}

function titleOf(failed: FailedRequest): string {
  return `${failed.id}, ${failed.method}: ${spaced(failed.cause)}. ${whyWords(failed) ?? "unexplained"}`;
}
