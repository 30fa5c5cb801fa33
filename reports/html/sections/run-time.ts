import type { Result } from "../../../runner/result/result.ts";
import type { ArmView } from "../../view/arms.ts";
import { plural } from "../../view/format.ts";
import { blocksInTime, pausesInTime } from "../../view/run-time.ts";
import { renderChart } from "../charts/chart.ts";
import { heatMap, SHADES } from "../charts/heat-map.ts";
import type { RunTime } from "../charts/run-axis.ts";
import { runBars } from "../charts/run-bars.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";

/** Latency, failures and stolen CPU of each block, and interruptions, on one axis. */
export function runTimeSection(result: Result, arms: readonly ArmView[]): Markup {
  const time: RunTime = { blocks: blocksInTime(result, arms), pauses: pausesInTime(result) };
  const maps = arms.map((arm) => ({ arm, map: heatMap(arm, time) }));
  const steal = runBars(
    {
      id: "run-steal",
      title: "Stolen CPU over the run’s time",
      yTitle: "CPU steal, % of the node that lost most",
      isLast: true,
      of: ({ stealShare }) => stealShare,
    },
    arms,
    time,
  );
  const failed = runBars(
    {
      id: "run-failed",
      title: "Share of requests that failed, over the run’s time",
      yTitle: "failed, % of a block’s requests",
      isLast: steal === null,
      of: ({ failedShare }) => failedShare,
    },
    arms,
    time,
  );
  const silent = maps.filter(({ map }) => map === null).map(({ arm }) => arm.label);
  return section({
    id: "run-time",
    title: "The run over time",
    lede: html`<p>A column is a block, at its place in the run: a result keeps the latencies of whole blocks, and not those of each instant. The fuller its colour, the more of the block’s requests were so fast.</p>`,
    body:
      time.blocks.length === 0
        ? html`<p class="nothing">No block was run.</p>`
        : html`
<figure>${maps.map(({ map }) => map && renderChart(map))}
${silent.length > 0 && html`<p class="nothing">No block of ${silent.join(" and ")} kept its latencies.</p>`}
${failed && renderChart(failed)}
${steal ? renderChart(steal) : html`<p class="nothing">CPU steal was not read in any block.</p>`}
<figcaption>${captionOf(time)}</figcaption></figure>`,
  });
}

function captionOf({ blocks, pauses }: RunTime): string {
  const left = blocks.filter(({ valid }) => !valid).length;
  const warm = blocks.filter(({ round }) => round === 0).length;
  const parts = [
    `From faint to full: ${SHADES.map(({ words }) => words).join(", ")} of a block’s requests`,
    warm > 0 ? `${plural(warm, "block")} of these warmed up` : "",
    left > 0 ? `×: ${plural(left, "block does", "blocks do")} not count` : "",
    pauses.length > 0 ? "dashed: where the run was interrupted and went on" : "",
  ];
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}
