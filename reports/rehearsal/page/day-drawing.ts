/** The rehearsed day on one axis: rate, failed share, p99, and what happened meanwhile. What was not seen is a gap. */
import type { Rehearsal, RehearsedEvent, Slo, SloKind } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { formatQuantity, formatShare } from "../../view/format.ts";
import { type Day, type DayPoint, unseenSeconds } from "../day.ts";
import { stageSentence } from "../stages.ts";
import { allowedWords, clockWords, eventWords, perSecond, spanOf } from "../words.ts";
import { drawing, type Size } from "./drawing.ts";
import { clockTicks, linear } from "./scale.ts";

interface Panel {
  readonly name: string;
  readonly of: (point: DayPoint) => number | null;
  readonly words: (value: number) => string;
  readonly slo: SloKind | null;
}

const PANELS: readonly Panel[] = [
  { name: "requests a second", of: ({ ratePerSecond }) => ratePerSecond, words: perSecond, slo: null },
  { name: "failed", of: ({ failedShare }) => failedShare, words: formatShare, slo: "failed-share" },
  { name: "p99", of: ({ p99Ms }) => p99Ms, words: (ms) => formatQuantity(ms, "ms"), slo: "latency-p99-ms" },
];

/** A limit higher than this many times what was seen is named, and not drawn. */
const HIGHEST_LIMIT = 3;

const TITLE = 19;
const HEIGHT = 34;
const LANE = 15;

export function dayDrawing(seen: Rehearsal, day: Day): Markup {
  const gap = unseenSeconds(day);
  return drawing({
    id: "day",
    title: "The day: rate, failed requests and p99 over time",
    description: [
      `${stageSentence(day.stage, seen.slos)}.`,
      ...PANELS.map((panel) => `${titleOf(panel, day, seen.slos)}.`),
      gap === 0 ? "Every second was seen." : `${gap} s were not seen, and are gaps.`,
      ...seen.events.map((event) => `${eventWords(event)}.`),
    ].join(" "),
    draw: (size) => draw(seen, day, size),
  });
}

function draw({ slos, events }: Rehearsal, day: Day, size: Size): { height: number; shapes: Markup } {
  const x = linear(day.endS, 2, size.width - 8);
  const bottom = PANELS.length * (TITLE + HEIGHT);
  const lanes = lanesOf(events, x);
  const end = bottom + 8 + LANE * Math.max(0, ...lanes.map((lane) => lane + 1));
  const axis = clockTicks(day.endS, size.name === "wide" ? 10 : 5).map(
    (atS) =>
      html`<line class="grid" x1="${x(atS)}" x2="${x(atS)}" y1="${TITLE}" y2="${end}"/><text x="${x(atS)}" y="${end + 14}" text-anchor="${atS === 0 ? "start" : x(atS) > size.width - 24 ? "end" : "middle"}">${clockWords(atS)}</text>`,
  );
  return {
    height: end + 20,
    shapes: html`<g class="axis">${axis}</g>${day.gaps.map(
      ({ fromS, toS }) =>
        html`<rect class="gap" x="${x(fromS)}" y="${TITLE}" width="${Math.max(1, x(toS) - x(fromS)).toFixed(1)}" height="${bottom - TITLE}"/>`,
    )}${PANELS.map((panel, i) => panelShapes(panel, day, slos, x, i * (TITLE + HEIGHT)))}${broken(day, x, bottom)}${events.map(
      (event, i) => eventShapes(event, i, x, bottom + 8 + LANE * (lanes[i] ?? 0), day.endS),
    )}`,
  };
}

function valuesOf({ of }: Panel, { runs }: Day): number[] {
  return runs.flat().flatMap((point) => of(point) ?? []);
}

function sloOf({ slo }: Panel, slos: readonly Slo[]): Slo | null {
  const [strictest] = slos.filter(({ kind }) => kind === slo).sort((a, b) => a.most - b.most);
  return strictest ?? null;
}

/** "p99, up to 110 ms; allowed: p99 ≤ 250 ms in 10 s" */
function titleOf(panel: Panel, day: Day, slos: readonly Slo[]): string {
  const values = valuesOf(panel, day);
  const slo = sloOf(panel, slos);
  const most = values.length === 0 ? "nothing was seen" : `up to ${panel.words(Math.max(...values))}`;
  return `${panel.name}, ${most}${slo === null ? "" : `; allowed: ${allowedWords(slo)}`}`;
}

function panelShapes(panel: Panel, day: Day, slos: readonly Slo[], x: (atS: number) => number, top: number): Markup {
  const most = Math.max(0, ...valuesOf(panel, day));
  const limit = sloOf(panel, slos)?.most ?? null;
  const drawn = limit !== null && (most === 0 || limit <= HIGHEST_LIMIT * most) ? limit : null;
  const bottom = top + TITLE + HEIGHT;
  const y = linear(Math.max(most, drawn ?? 0) * 1.05 || 1, bottom, top + TITLE);
  const paths = day.runs.map(
    (run) =>
      html`<path class="line" d="${pathOf(
        run.map((point) => ({ x: x(point.atS), value: panel.of(point) })),
        y,
      )}"/>`,
  );
  return html`<g class="panel" data-panel="${panel.name}"><text class="value" x="2" y="${top + 11}">${titleOf(panel, day, slos)}</text>${drawn !== null && html`<line class="limit" x1="${x(0)}" x2="${x(day.endS)}" y1="${y(drawn)}" y2="${y(drawn)}"/>`}${paths}<line class="base" x1="${x(0)}" x2="${x(day.endS)}" y1="${bottom}" y2="${bottom}"/></g>`;
}

/** Begins anew after each point without a value; one alone is a dot. */
function pathOf(points: ReadonlyArray<{ x: number; value: number | null }>, y: (value: number) => number): string {
  let path = "";
  let drawing = false;
  for (const point of points) {
    if (point.value !== null) path += drawing ? `L${point.x} ${y(point.value)}` : `M${point.x} ${y(point.value)}h0`;
    drawing = point.value !== null;
  }
  return path;
}

function broken({ stage: { breach, durationS } }: Day, x: (atS: number) => number, bottom: number): Markup | null {
  if (breach === null) return null;
  const at = x(breach.atS);
  const before = breach.atS > durationS / 2;
  return html`<g class="breach"><line x1="${at}" x2="${at}" y1="${TITLE - 5}" y2="${bottom}"/><text x="${before ? at - 5 : at + 5}" y="${TITLE + 12}" text-anchor="${before ? "end" : "start"}">✗ budget spent, ${clockWords(breach.atS)}</text></g>`;
}

/** Those which would lie on each other stand below each other. */
function lanesOf(events: readonly RehearsedEvent[], x: (atS: number) => number): number[] {
  const ends: number[] = [];
  return events.map((event) => {
    const { startS, endS } = spanOf(event);
    const from = x(startS ?? event.atS);
    const free = ends.findIndex((end) => end <= from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = Math.max(x(endS ?? startS ?? event.atS), from + 16) + 6;
    return lane;
  });
}

function eventShapes(
  event: RehearsedEvent,
  index: number,
  x: (atS: number) => number,
  top: number,
  dayS: number,
): Markup {
  const { startS, endS } = spanOf(event);
  const from = x(Math.min(dayS, startS ?? event.atS));
  const to = Math.max(from + 14, x(Math.min(dayS, endS ?? startS ?? event.atS)));
  const state = startS === null ? "not-begun" : event.trouble === null ? "as-planned" : "trouble";
  return html`<g class="event ${state}"><rect x="${from}" y="${top}" width="${(to - from).toFixed(1)}" height="12" rx="2"/><text x="${from + 4}" y="${top + 10}">${index + 1}</text></g>`;
}
