import { type ArmView, armsWithoutEvidence } from "../../view/arms.ts";
import { formatCount, formatQuantity, formatShare, plural } from "../../view/format.ts";
import {
  NAMED_PERCENTILES,
  type PercentileCurve,
  type PercentilePoint,
  percentileCurve,
  percentileName,
} from "../../view/percentiles.ts";
import { renderChart } from "../charts/chart.ts";
import { percentilesChart } from "../charts/percentiles.ts";
import { html, type Markup } from "../markup.ts";
import { nowrap, scrollBox, section } from "./section.ts";

/** Fewer requests in a block than this, and its p99.9 is its slowest request. */
const ENOUGH_FOR_P999 = 1000;

export function percentilesSection(arms: readonly ArmView[]): Markup {
  const curves = arms.flatMap((arm) => percentileCurve(arm) ?? []);
  const chart = percentilesChart(curves);
  return section({
    id: "percentiles",
    title: "Latency by percentile",
    lede: html`<p>All requests that were sent, failures with their full wait included. Lines: the median of the blocks’ own percentiles. Shaded: where that median can lie, by the order of the blocks alone.</p>`,
    body:
      chart === null
        ? html`<p class="nothing">No block kept its latencies, so there is nothing to draw.</p>`
        : html`
<figure>${renderChart(chart)}<figcaption>${[...curves.map(footing), silence(arms), few(curves)].join(" ").trim()}</figcaption></figure>
${scrollBox("Latency by percentile", table(curves))}`,
  });
}

function table(curves: readonly PercentileCurve[]): Markup {
  return html`<table class="percentiles fine"><caption class="hidden">Latency by percentile: the median of the blocks, and its interval</caption>
<thead><tr><th scope="col">percentile</th>${curves.map(({ arm }) => html`<th scope="col" class="num">${arm.label}</th>`)}</tr></thead>
<tbody>${NAMED_PERCENTILES.map(
    (percentile) =>
      html`<tr data-percentile="${percentile}"><th scope="row">${percentileName(percentile)}</th>${curves.map(({ points }) => cell(points.find((each) => each.percentile === percentile)))}</tr>`,
  )}</tbody></table>`;
}

function cell(point: PercentilePoint | undefined): Markup {
  if (point === undefined) return html`<td class="num">–</td>`;
  const { ms, interval } = point;
  const between =
    interval &&
    html` <span class="quiet">${nowrap(`${formatQuantity(interval.low, "ms")} to ${formatQuantity(interval.high, "ms")}`)}</span>`;
  return html`<td class="num">${nowrap(formatQuantity(ms, "ms"))}${between}</td>`;
}

/** What a curve's interval stands on. */
function footing({ arm, blocks, without, points }: PercentileCurve): string {
  const confidence = points[0]?.interval?.confidence;
  const interval = confidence === undefined ? "no interval" : `an interval of ${formatShare(confidence)}`;
  const left = without === 0 ? "" : ` (${plural(without, "block")} kept none)`;
  return `${arm.label}: ${plural(blocks, "block")}${left}, ${interval}.`;
}

function silence(arms: readonly ArmView[]): string {
  const silent = armsWithoutEvidence(arms);
  return silent && `None of the blocks of ${silent} counts: this is what they saw all the same.`;
}

function few(curves: readonly PercentileCurve[]): string {
  const fewest = Math.min(...curves.map(({ fewestRequests }) => fewestRequests));
  return fewest >= ENOUGH_FOR_P999
    ? ""
    : `A block has as few as ${formatCount(fewest)} requests, so its p99.9 is its slowest.`;
}
