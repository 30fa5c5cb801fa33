import type { Result } from "../../../runner/result/result.ts";
import { armsWithoutEvidence, drawnBlocks } from "../../view/arms.ts";
import { eventWords } from "../../view/events.ts";
import { plural } from "../../view/format.ts";
import { renderChart } from "../charts/chart.ts";
import type { BlockTime } from "../charts/events.ts";
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

/** @param time what the charts of other sections share as well: instants stand below each other */
export function latencySection(result: Result, time: BlockTime): Markup {
  const { arms, events } = time;
  const latency = latencyChart(time);
  const failed = failedShareChart(time);
  const happened = eventWords(arms, events);
  const blocks = arms.map((arm) => `${arm.label} ${plural(drawnBlocks(arm).length, "block")}`).join(", ");
  const silent = armsWithoutEvidence(arms);
  return section({
    id: "latency",
    title: "Latency over a block’s time",
    lede: html`<p>${beginning(result.load)} Solid: p99, the median of the blocks, with their range shaded. Dotted: p50. All that is drawn of a block’s time, here and below, is on one axis.</p>`,
    body: html`
<figure>${latency ? renderChart(latency) : html`<p class="nothing">No request was answered, so there is no latency to draw.</p>`}
${failed && renderChart(failed)}
<figcaption>Only answered requests have a latency here; ${failed ? "the bars show those that failed" : "none of the requests in these blocks failed"}. Blocks drawn: ${blocks}.${silent && ` None of ${silent} counts: this is what they saw all the same.`}${happened && ` Dashed: what happened, the median of the blocks (${happened}).`}</figcaption></figure>`,
  });
}
