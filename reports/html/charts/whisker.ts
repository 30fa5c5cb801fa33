/**
 * One metric's effect as a dot, its 95 % interval as a whisker, zero as a line and the band of effects that do not
 * matter in grey. Better is always to the right, whichever way the metric's numbers run. All metrics of a table share
 * one scale, in multiples of the smallest effect that matters: linear inside the band, logarithmic beyond it.
 */
import type { Metric } from "../../../runner/result/metric.ts";
import { formatEffect } from "../../view/format.ts";
import { spaced } from "../../view/words.ts";
import { html, type Markup } from "../markup.ts";

const WIDTH = 200;
const HEIGHT = 28;
const PAD = 7;
const MIDDLE = HEIGHT / 2;

/** Effects up to this many floors are always within the picture, so that a quiet run does not look dramatic. */
const LEAST_REACH = 10;

/** The metric's effect and interval in floors, better being positive; null where there is no effect. */
function inFloors({ effect, ci, floor, better }: Metric): { dot: number; low: number; high: number } | null {
  if (effect === null) return null;
  const [a, b] = ci ?? [effect, effect];
  const unit = (better === "higher" ? 1 : -1) * (floor > 0 ? floor : Math.max(Math.abs(a), Math.abs(b), 1));
  return { dot: effect / unit, low: Math.min(a / unit, b / unit), high: Math.max(a / unit, b / unit) };
}

/** Draws metrics on the scale that holds all of them. */
export function whiskers(metrics: readonly Metric[]): (metric: Metric) => Markup | null {
  const extremes = metrics.map(inFloors).flatMap((m) => (m ? [m.dot, m.low, m.high] : []));
  const reach = Math.asinh(Math.max(LEAST_REACH, ...extremes.map(Math.abs)));
  const x = (floors: number) => (WIDTH / 2 + (Math.asinh(floors) / reach) * (WIDTH / 2 - PAD)).toFixed(1);
  const powers = Array.from({ length: Math.floor(Math.log10(Math.sinh(reach))) }, (_, i) => 10 ** (i + 1));
  const decades = [...powers, ...powers.map((power) => -power)].map(
    (power) => html`<line class="decade" x1="${x(power)}" x2="${x(power)}" y1="${MIDDLE - 3}" y2="${MIDDLE + 3}"/>`,
  );

  return (metric) => {
    const drawn = inFloors(metric);
    if (drawn === null) return null;
    const { dot, low, high } = drawn;
    const shown = formatEffect(metric.effect, metric.ci, metric.unit);
    const label = `${spaced(metric.name)}: effect ${shown.effect}, 95 % interval ${shown.interval}; right of the middle is better`;
    const band = html`<rect class="band" x="${x(-1)}" width="${(Number(x(1)) - Number(x(-1))).toFixed(1)}" y="3" height="${HEIGHT - 6}"/>`;
    const cap = (end: number) =>
      html`<line class="interval" x1="${x(end)}" x2="${x(end)}" y1="${MIDDLE - 5}" y2="${MIDDLE + 5}"/>`;
    const interval = html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${MIDDLE}" y2="${MIDDLE}"/>${cap(low)}${cap(high)}`;
    return html`<svg class="whisker" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${metric.floor > 0 && band}${decades}<line class="zero" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="1" y2="${HEIGHT - 1}"/>${metric.ci !== null && interval}<circle class="dot ${metric.verdict}" cx="${x(dot)}" cy="${MIDDLE}" r="4.5"/></svg>`;
  };
}
