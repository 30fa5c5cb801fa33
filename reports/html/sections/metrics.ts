import type { Metric } from "../../../runner/result/metric.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { ArmView } from "../../view/arms.ts";
import { formatEffect, formatP, formatQuantity, formatShare, formatSize, plural, unitWord } from "../../view/format.ts";
import { capitalised, sentence, spaced, VERDICTS } from "../../view/words.ts";
import { metricWhy } from "../../words/metric.ts";
import { whiskers } from "../charts/whisker.ts";
import { html, type Markup } from "../markup.ts";
import { nowrap, scrollBox, section } from "./section.ts";

/** What the verdict rests on: the counter that moved, chance, and, where nothing was found, how much could have been missed. */
function footing(metric: Metric): string {
  const { unit, pAdjusted, p, confidence, mechanism, floor, smallestDetectable, roundsNeeded, verdict } = metric;
  const found = verdict === "improved" || verdict === "regressed";
  const parts = [
    mechanism !== null
      ? `moved with ${mechanism}`
      : verdict === "equivalent" || metric.effect === null
        ? ""
        : "no counter of a mechanism moved with it",
    confidence != null && confidence < 0.95 ? `so few blocks allow an interval of ${formatShare(confidence)} only` : "",
    floor > 0 ? `matters from ${formatSize(floor, unit)}` : "",
    found || smallestDetectable === null ? "" : `this run could see ${formatSize(smallestDetectable, unit)} or more`,
    roundsNeeded === null ? "" : `about ${plural(roundsNeeded, "more round")} would decide`,
    pAdjusted !== null ? `${formatP(pAdjusted)} (corrected)` : p !== null ? formatP(p) : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** Roles are spelled out because a phone's layout takes the table apart, and browsers then forget that it is one. */
function metricRows(
  metric: Metric,
  arms: readonly string[],
  { picture, judged }: { readonly picture: Markup | null; readonly judged: boolean },
): Markup {
  const { word, sign } = VERDICTS[metric.verdict];
  const { effect, interval } = formatEffect(metric.effect, metric.ci, metric.unit);
  const unit = unitWord(metric.unit);
  return html`
<tbody role="rowgroup" data-metric="${metric.name}" class="${metric.primary ? "primary" : "beside"}">
<tr role="row">
<th role="rowheader" scope="row">${capitalised(spaced(metric.name))}${unit && !metric.name.endsWith(unit) && html` <span class="unit">${unit}</span>`}${metric.primary ? html` <span class="tag">decides</span>` : metric.felt === true && html` <span class="tag">decides if worse</span>`}</th>
<td role="cell" class="num one" data-label="${arms[0] ?? "baseline"}">${nowrap(formatQuantity(metric.baseline, metric.unit))}</td>
<td role="cell" class="num two" data-label="${arms[1] ?? "tuned"}">${nowrap(formatQuantity(metric.tuned, metric.unit))}</td>
<td role="cell" class="num effect" data-label="effect"><b>${nowrap(effect)}</b>${metric.ci && html`<br>${nowrap(interval)}`}</td>
<td role="cell" class="picture-cell">${picture}</td>
${
  judged
    ? html`<td role="cell" class="verdict-cell ${metric.verdict}">${nowrap(`${sign} ${word}`)}</td>`
    : html`<td role="cell" class="verdict-cell invalid">${nowrap("not judged")}</td>`
}
</tr>
<tr role="row" class="detail"><td role="cell" colspan="6">${sentence(metricWhy(metric))} <span class="quiet">${sentence(footing(metric))}</span></td></tr>
</tbody>`;
}

export function metricsSection(result: Result, arms: readonly ArmView[]): Markup {
  const labels = arms.map((arm) => arm.label);
  const sorted = [...result.metrics].sort((a, b) => Number(b.primary) - Number(a.primary));
  const draw = whiskers(sorted);
  const table = html`
<table class="metrics" role="table">
<caption>Each arm’s typical block (the median; of counts and shares, the mean), and the difference with its 95 % interval</caption>
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">metric</th>
<th role="columnheader" scope="col" class="num">${labels[0] ?? "baseline"}</th>
<th role="columnheader" scope="col" class="num">${labels[1] ?? "tuned"}</th>
<th role="columnheader" scope="col" class="num">effect<br>95 % interval</th>
<th role="columnheader" scope="col" class="picture-cell"><span class="ends"><span>← worse</span><span>better →</span></span></th>
<th role="columnheader" scope="col">verdict</th>
</tr></thead>
${sorted.map((metric) => metricRows(metric, labels, { picture: draw(metric), judged: result.verdict !== "invalid" }))}
</table>`;
  return section({
    id: "metrics",
    title: "What changed",
    lede: html`<p>The dot is the effect, the bar its 95 % interval. The grey band holds effects too small to matter: an interval inside it is <em>equivalent</em>, one that reaches across its edge <em>inconclusive</em>. Beyond the band the scale is logarithmic; each tick is ten times the last.</p>`,
    body:
      result.metrics.length > 0
        ? scrollBox("Metrics", table)
        : html`<p class="nothing">No metric could be judged: there were not enough valid blocks.</p>`,
  });
}
