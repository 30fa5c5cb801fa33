import { type ArmView, armsWithoutEvidence, scheduledInAll } from "../../view/arms.ts";
import { formatCount } from "../../view/format.ts";
import { causesChart } from "../charts/causes.ts";
import { renderChart } from "../charts/chart.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

export function failuresSection(arms: readonly ArmView[]): Markup {
  const chart = causesChart(arms);
  const scheduled = scheduledInAll(arms);
  const silent = armsWithoutEvidence(arms);
  const none =
    scheduled === 0
      ? "No valid block, so no failure can be counted. That is not the same as none."
      : `None of ${formatCount(scheduled)} scheduled requests failed${silent && ` (${silent} has no valid block)`}. With 95 % confidence the true rate is at most 3 in ${formatCount(scheduled)}.`;
  return section({
    id: "failures",
    title: "Failures by cause",
    lede: html`<p>Every scheduled request ends in exactly one bucket. Shares are of the requests that were scheduled in that arm’s valid blocks, without the warm-up.</p>`,
    body: chart ? html`<figure>${renderChart(chart)}</figure>` : html`<p class="nothing">${none}</p>`,
  });
}
