import { type ArmView, scheduledInAll } from "../../view/arms.ts";
import { plural } from "../../view/format.ts";
import { renderChart } from "../charts/chart.ts";
import { failedShareChart } from "../charts/failed-share.ts";
import { latencyChart } from "../charts/latency.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

export function latencySection(arms: readonly ArmView[]): Markup {
  const latency = latencyChart(arms);
  const failed = failedShareChart(arms);
  const scheduled = scheduledInAll(arms);
  const blocks = arms.map((arm) => `${arm.label} ${plural(arm.measured.length, "block")}`).join(", ");
  return section({
    id: "latency",
    title: "Latency over time",
    lede: html`<p>From the moment a request was <em>due</em> to its last byte, so waiting in the client counts. Solid: p99, the median of the blocks, with their range shaded. Dotted: p50.</p>`,
    body:
      scheduled === 0
        ? html`<p class="nothing">No valid block, so nothing to draw.</p>`
        : html`
<figure>${latency ? renderChart(latency) : html`<p class="nothing">No request was answered, so there is no latency to draw.</p>`}
${failed && renderChart(failed)}
<figcaption>Only answered requests have a latency here; ${failed ? "the bars show those that failed" : "none of the requests in these blocks failed"}. Blocks drawn: ${blocks}.</figcaption></figure>`,
  });
}
