import type { Result } from "../../../runner/result/result.ts";
import type { ConntrackPart } from "../../suite-report.ts";
import { speaksOfConntrack } from "../../view/conntrack.ts";
import { renderChart } from "../charts/chart.ts";
import type { BlockTime } from "../charts/events.ts";
import { occupancyChart } from "../charts/occupancy.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

/** Nothing where neither the blocks nor their suite has anything to say of conntrack tables. */
export function conntrackSection(
  result: Result,
  { arms, timeDomain }: BlockTime,
  part: ConntrackPart | null,
): Markup | null {
  if (part === null && !speaksOfConntrack(arms)) return null;
  const chart = occupancyChart({
    id: "occupancy",
    title: "Conntrack entries on the fullest node over time, by arm",
    arms,
    model: part?.model ?? [],
    loadS: result.load.durationMs / 1000,
    timeDomain,
  });
  return section({
    id: "conntrack",
    title: "The conntrack table",
    lede: html`<p>Every connection leaves an entry that outlives it. When the table is full, new connections are dropped without a word. Thin lines: each block. Dashed: the capacity model’s prediction.</p>`,
    body: html`
${
  chart
    ? html`<figure>${renderChart(chart)}<figcaption>${chart.description} A full table alone is not proof of loss: the drops are.</figcaption></figure>`
    : html`<p class="nothing">No conntrack samples and no prediction in this result.</p>`
}
${part?.more ?? null}`,
  });
}
