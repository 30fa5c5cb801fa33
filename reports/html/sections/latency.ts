import type { Result } from "../../../runner/result/result.ts";
import { type ArmView, scheduledInAll } from "../../view/arms.ts";
import { plural } from "../../view/format.ts";
import { renderChart } from "../charts/chart.ts";
import { failedShareChart } from "../charts/failed-share.ts";
import { latencyChart } from "../charts/latency.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

/** From when a request's wait counts; a closed loop has no instants at which requests are due. */
function beginning({ model }: Result["load"]): Markup {
  return model === "open"
    ? html`From the moment a request was <em>due</em> to its last byte, so waiting in the client counts.`
    : html`From a request’s begin to its last byte. A closed loop sends nothing while the target stalls, so a stall hardly shows here: these latencies decide nothing.`;
}

export function latencySection(result: Result, arms: readonly ArmView[]): Markup {
  const latency = latencyChart(arms);
  const failed = failedShareChart(arms);
  const scheduled = scheduledInAll(arms);
  const blocks = arms.map((arm) => `${arm.label} ${plural(arm.measured.length, "block")}`).join(", ");
  return section({
    id: "latency",
    title: "Latency over time",
    lede: html`<p>${beginning(result.load)} Solid: p99, the median of the blocks, with their range shaded. Dotted: p50.</p>`,
    body:
      scheduled === 0
        ? html`<p class="nothing">No valid block, so nothing to draw.</p>`
        : html`
<figure>${latency ? renderChart(latency) : html`<p class="nothing">No request was answered, so there is no latency to draw.</p>`}
${failed && renderChart(failed)}
<figcaption>Only answered requests have a latency here; ${failed ? "the bars show those that failed" : "none of the requests in these blocks failed"}. Blocks drawn: ${blocks}.</figcaption></figure>`,
  });
}
