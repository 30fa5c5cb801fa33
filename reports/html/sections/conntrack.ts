import type { Block } from "../../../runner/result/block.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { ArmView } from "../../view/arms.ts";
import { speaksOfConntrack } from "../../view/conntrack.ts";
import { renderChart } from "../charts/chart.ts";
import { occupancyChart } from "../charts/occupancy.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

function answer({ valid, invalidBecause, cliff }: Block): string {
  if (!valid) return `No answer: the block does not count (${invalidBecause.join("; ") || "no reason given"}).`;
  return cliff ? "It does: a larger table moves the cliff, it does not remove it." : "Not within this block.";
}

/** The extra block against a larger table's own limit, drawn as an arm of its own: it is no part of the comparison. */
function cliffCheck({ cliffCheck: check, load }: Result, arms: readonly ArmView[]): Markup | null {
  const arm = check && arms.find((each) => each.name === check.arm && each.role === "tuned");
  if (!check || !arm) return null;
  const alone: ArmView = {
    ...arm,
    index: 0,
    label: `${arm.label}, one extra block`,
    blocks: [],
    measured: [check.block],
  };
  const chart = occupancyChart({
    id: "cliff-check",
    title: "Conntrack entries in one extra block, filled to the same headroom below the larger limit",
    arms: [alone],
    model: [],
    loadS: load.durationMs / 1000,
  });
  return html`<h3>Does the cliff come back at the larger table’s own limit?</h3>
${chart && html`<figure>${renderChart(chart)}<figcaption>${answer(check.block)} ${chart.description} The block takes no part in the comparison.</figcaption></figure>`}`;
}

/** Nothing where the result has nothing to say of conntrack tables. */
export function conntrackSection(result: Result, arms: readonly ArmView[]): Markup | null {
  if (!speaksOfConntrack(result, arms)) return null;
  const chart = occupancyChart({
    id: "occupancy",
    title: "Conntrack entries on the fullest node over time, by arm",
    arms,
    model: result.predictedOccupancy,
    loadS: result.load.durationMs / 1000,
  });
  return section({
    id: "conntrack",
    title: "The conntrack table",
    lede: html`<p>Every connection leaves an entry that outlives it. When the table is full, new connections are dropped without a word. Thin lines: each block. Dashed: the capacity model’s prediction.</p>`,
    body: html`
${
  chart
    ? html`<figure>${renderChart(chart)}<figcaption>${chart.description} A full table alone is no proof of loss: the drops are.</figcaption></figure>`
    : html`<p class="nothing">No conntrack samples and no prediction in this result.</p>`
}
${cliffCheck(result, arms)}`,
  });
}
