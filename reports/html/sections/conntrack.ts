import type { Result } from "../../schema.ts";
import type { ArmView } from "../../view/arms.ts";
import { renderChart } from "../charts/chart.ts";
import { occupancyChart } from "../charts/occupancy.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

export function conntrackSection(result: Result, arms: readonly ArmView[]): Markup {
  const chart = occupancyChart(arms, result);
  return section({
    id: "conntrack",
    title: "The conntrack table",
    lede: html`<p>Every connection leaves an entry that outlives it. When the table is full, new connections are dropped without a word. Thin lines: each block. Dashed: the capacity model’s prediction.</p>`,
    body: chart
      ? html`<figure>${renderChart(chart)}<figcaption>${chart.description} A full table alone is no proof of loss: the drops are.</figcaption></figure>`
      : html`<p class="nothing">No conntrack samples and no prediction in this result.</p>`,
  });
}
