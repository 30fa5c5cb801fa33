/** One axis of rates: what is expected and wanted, what was held and what failed, and what each hop takes. */
import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { clip } from "../../terminal/text.ts";
import { endWords, firstWords, foundWords, peakWords, wantedPerSecond } from "../found.ts";
import { type HopLimit, hopLimits, placeWords } from "../limits.ts";
import { HOP_WORDS, leftWords, perSecond, perSecondOr, timesWords } from "../words.ts";
import { type Drawing, drawing, type Size } from "./drawing.ts";
import { linear, ticks } from "./scale.ts";

/** A limit further off than this many times all that was expected and tried is marked at the edge. */
const FARTHEST = 1.6;

interface Frame {
  readonly seen: Rehearsal;
  readonly size: Size;
  readonly left: number;
  readonly right: number;
  readonly end: number;
  readonly x: (rate: number) => number;
}

export function limitsDrawing(seen: Rehearsal): Markup {
  const shown: Drawing = {
    id: "limits",
    title: "The expected peak against what was held, and what each hop takes",
    description: `${peakWords(seen)}. Found: ${foundWords(seen)}. First to break: ${firstWords(seen)}. Each hop’s numbers are in the table below.`,
    draw: (size) => draw(seen, size),
  };
  return drawing(shown);
}

const TOP = 36;
const RESULT = 36;
/** With more hops than this their rows stand closer. */
const MANY_HOPS = 6;
const AXIS = 22;

function draw(seen: Rehearsal, size: Size): { height: number; shapes: Markup } {
  const wide = size.name === "wide";
  const [left, right] = wide ? [182, size.width - 168] : [6, size.width - 16];
  const limits = hopLimits(seen);
  const end = axisEnd(seen, limits);
  const frame: Frame = { seen, size, left, right, end, x: linear(end, left, right) };
  const rowHeight = wide ? (limits.length > MANY_HOPS ? 27 : 31) : 52;
  const rows = TOP + (wide ? RESULT : RESULT + 8);
  const bottom = rows + limits.length * rowHeight;
  return {
    height: bottom + AXIS,
    shapes: html`${axis(frame, bottom)}${goalLines(frame, bottom)}${result(frame, TOP)}${limits.map((limit, i) =>
      row(frame, limit, rows + i * rowHeight),
    )}${goalWords(frame)}`,
  };
}

function axisEnd(seen: Rehearsal, limits: readonly HopLimit[]): number {
  const { held, failed } = seen.found;
  const tried = seen.stages.map(({ ratePerSecond }) => ratePerSecond);
  const core = Math.max(1, wantedPerSecond(seen), seen.expectedPeakPerSecond, held ?? 0, failed ?? 0, ...tried);
  const near = limits
    .flatMap((each) => [each.predictedPerSecond ?? 0, each.measuredPerSecond ?? 0, each.brokeAtPerSecond ?? 0])
    .filter((rate) => rate <= core * FARTHEST);
  return 1.06 * Math.max(core, ...near);
}

function axis({ size, left, right, end, x }: Frame, bottom: number): Markup {
  return html`<g class="axis">${ticks(end, size.name === "wide" ? 6 : 4).map(
    (rate) =>
      html`<line class="grid" x1="${x(rate)}" x2="${x(rate)}" y1="${TOP}" y2="${bottom}"/><text x="${x(rate)}" y="${bottom + 15}" text-anchor="${rate === 0 ? "start" : "middle"}">${perSecond(rate)}</text>`,
  )}<line class="base" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/></g>`;
}

/** Room that the longest label of a line across all rows takes. */
const LABEL = 140;

interface Goal {
  readonly name: "wanted" | "peak";
  readonly rate: number;
  readonly words: string;
  readonly y: number;
}

/** Across all rows; each has its label on a line of its own. */
function goalsOf(seen: Rehearsal): readonly [Goal, Goal] {
  const { expectedPeakPerSecond: peak, wantedHeadroom } = seen;
  const wanted = wantedPerSecond(seen);
  return [
    { name: "wanted", rate: wanted, words: `wanted ${perSecond(wanted)} (${timesWords(wantedHeadroom)})`, y: 12 },
    { name: "peak", rate: peak, words: `expected peak ${perSecond(peak)}`, y: 27 },
  ];
}

function goalLines({ seen, x }: Frame, bottom: number): Markup[] {
  return goalsOf(seen).map(
    ({ name, rate, y }) =>
      html`<line class="goal ${name}" x1="${x(rate)}" x2="${x(rate)}" y1="${y - 9}" y2="${bottom}"/>`,
  );
}

/** The lower one's label stands to the left and the other's to the right, where there is room. */
function goalWords({ seen, left, right, x }: Frame): Markup[] {
  const goals = goalsOf(seen);
  const lowest = Math.min(...goals.map(({ rate }) => rate));
  return goals.map(({ name, rate, words, y }) => {
    const at = x(rate);
    const before = rate === lowest ? at - left > LABEL : right - at < LABEL;
    return html`<text class="${name}" x="${before ? at - 5 : at + 5}" y="${y}" text-anchor="${before ? "end" : "start"}">${words}</text>`;
  });
}

function result({ seen, size, left, right, x }: Frame, top: number): Markup {
  const { held, failed } = seen.found;
  const wide = size.name === "wide";
  const [y, height] = [top + (wide ? 8 : 6), 14];
  const heldWords = `${perSecondOr(held, "nothing")} held`;
  const failedWords = failed === null ? "none failed" : `${perSecond(failed)} failed`;
  const from = x(held ?? 0);
  const open =
    failed === null && held !== null
      ? html`<path class="open" d="M${from} ${y + height / 2}H${right}m-6 -4l6 4l-6 4"/>`
      : null;
  const between =
    failed === null
      ? null
      : html`<rect class="between" x="${from}" y="${y}" width="${Math.max(0, x(failed) - from).toFixed(1)}" height="${height}"/><path class="failed" d="M${x(failed)} ${y - 3}v${height + 6}"/>`;
  return html`<g class="result">${held !== null && html`<rect class="held" x="${left}" y="${y}" width="${(from - left).toFixed(1)}" height="${height}"/>`}${between}${open}${
    wide
      ? html`<text class="name" x="0" y="${y + 8}">The whole path</text><text class="small" x="0" y="${y + 21}">${clip(failed === null ? endWords(seen) : "between the two nobody tried", 34)}</text><text class="value" x="${right + 12}" y="${y + 8}">${heldWords}</text><text class="small" x="${right + 12}" y="${y + 21}">${failedWords}</text>`
      : html`<text class="value" x="${left}" y="${y + height + 14}">${heldWords}, ${failedWords}</text>`
  }</g>`;
}

function row(frame: Frame, limit: HopLimit, top: number): Markup {
  const { size, left: start, right } = frame;
  const wide = size.name === "wide";
  const y = top + (wide ? 13 : 26);
  const name = HOP_WORDS[limit.hop].label;
  const numbers = [
    ...(limit.predictedPerSecond === null ? [] : [`○ ${perSecond(limit.predictedPerSecond)}`]),
    ...(limit.measuredPerSecond === null ? [] : [`● ${perSecond(limit.measuredPerSecond)}`]),
  ];
  const shown = numbers.length === 0 ? "neither predicted nor seen" : numbers.join("  ");
  const broke = limit.brokeAtPerSecond === null ? "" : `✗ ${perSecond(limit.brokeAtPerSecond)}`;
  const first = broke !== "";
  const text = (name: string, x: number, y: number, words: string, anchor = "start") =>
    html`<text class="${name}" x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
  const column = right + 12;
  const words = wide
    ? [
        text("name", 0, y - 2, name),
        text("small", 0, y + 11, first ? "breaks first" : clip(placeWords(limit), 30)),
        text("value", column, y - 2, shown),
        text("small", column, y + 11, `${leftWords(limit)}${first ? `, ${broke}` : ""}`),
      ]
    : [
        text("name", start, y - 12, name),
        text("small", column, y - 12, leftWords(limit), "end"),
        text("value", start, y + 16, `${shown}${first ? `  ${broke} breaks first` : ""}`),
      ];
  return html`<g class="hop${first && " first"}" data-hop="${limit.hop}"><line class="track" x1="${start}" x2="${right}" y1="${y}" y2="${y}"/>${marks(frame, limit, y)}${words}</g>`;
}

function marks({ x, end, right }: Frame, limit: HopLimit, y: number): Markup {
  const mark = (name: string, rate: number | null, fromEdge: number) => {
    if (rate === null) return null;
    if (rate > end) return html`<path class="${name} beyond" d="M${right - fromEdge} ${y - 5}l8 5l-8 5z"/>`;
    return html`<circle class="${name}" cx="${x(rate)}" cy="${y}" r="5"/>`;
  };
  const broke = limit.brokeAtPerSecond;
  return html`${mark("measured", limit.measuredPerSecond, 4)}${mark("predicted", limit.predictedPerSecond, 16)}${broke !== null && html`<path class="broke" d="M${x(broke) - 5} ${y - 5}l10 10m0 -10l-10 10"/>`}`;
}
