import { type ArmView, sum } from "../../view/arms.ts";
import { formatCount, plural } from "../../view/format.ts";
import { renderChart } from "../charts/chart.ts";
import { failedShareChart } from "../charts/failed-share.ts";
import { latencyChart } from "../charts/latency.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

export function latencySection(arms: readonly ArmView[]): Markup {
  const latency = latencyChart(arms);
  const failed = failedShareChart(arms);
  const scheduled = sum(arms.flatMap((arm) => arm.measured.map((block) => block.scheduled)));
  const blocks = arms.map((arm) => `${arm.label} ${plural(arm.measured.length, "block")}`).join(", ");
  const none =
    scheduled === 0
      ? "No valid block, so nothing to draw."
      : `No request failed in either arm, of ${formatCount(scheduled)} scheduled.`;
  return section({
    id: "latency",
    title: "Latency over time",
    lede: html`<p>From the moment a request was <em>due</em> to its last byte, so waiting in the client counts. Solid: p99, the median of the blocks, with their range shaded. Dotted: p50.</p>`,
    body: html`
<figure>${latency ? renderChart(latency) : html`<p class="nothing">No request was answered, so there is no latency to draw.</p>`}
${failed ? renderChart(failed) : html`<p class="nothing">${none}</p>`}
<figcaption>Only answered requests have a latency here; the ${failed ? "bars below show those that failed" : "failed ones would be drawn below"}. Blocks drawn: ${blocks}.</figcaption></figure>`,
  });
}
