/**
 * One metric's effect as a dot, its 95 % interval as a whisker, zero as a line and the band of effects that do not
 * matter in grey. Better is always to the right, whichever way the metric's numbers run.
 */
import type { Metric } from "../../schema.ts";
import { formatEffect } from "../../view/format.ts";
import { spaced } from "../../view/words.ts";
import { html, type Markup } from "../markup.ts";

const WIDTH = 200;
const HEIGHT = 28;
const PAD = 7;
const MIDDLE = HEIGHT / 2;

export function whisker(metric: Metric): Markup | null {
  const { effect, ci, floor } = metric;
  if (effect === null) return null;
  const towardsBetter = metric.better === "higher" ? 1 : -1;
  const [a, b] = (ci ?? [effect, effect]).map((value) => value * towardsBetter);
  const dot = effect * towardsBetter;
  const reach = Math.max(...[a ?? 0, b ?? 0, dot, 2 * floor].map(Math.abs), Number.MIN_VALUE);
  const x = (value: number) => (WIDTH / 2 + (value / reach) * (WIDTH / 2 - PAD)).toFixed(1);
  const shown = formatEffect(effect, ci, metric.unit);
  const label = `${spaced(metric.name)}: effect ${shown.effect}, 95 % interval ${shown.interval}; right of the middle is better`;
  const low = Math.min(a ?? dot, b ?? dot);
  const high = Math.max(a ?? dot, b ?? dot);
  const bandWidth = Math.max(1, Number(x(floor)) - Number(x(-floor))).toFixed(1);
  return html`<svg class="whisker" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}"><rect class="band" x="${x(-floor)}" width="${bandWidth}" y="3" height="${HEIGHT - 6}"/><line class="zero" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="1" y2="${HEIGHT - 1}"/>${
    ci !== null &&
    html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${MIDDLE}" y2="${MIDDLE}"/><line class="interval" x1="${x(low)}" x2="${x(low)}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}"/><line class="interval" x1="${x(high)}" x2="${x(high)}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}"/>`
  }<circle class="dot ${metric.verdict}" cx="${x(dot)}" cy="${MIDDLE}" r="4.5"/></svg>`;
}
