import type { Block } from "../../../runner/result/block.ts";
import type { Result } from "../../../runner/result/result.ts";
import { type ArmView, failuresOf, inOrder, type PlacedBlock, sum } from "../../view/arms.ts";
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatQuantity,
  formatShare,
  formatSize,
} from "../../view/format.ts";
import { capitalised, printable, spaced } from "../../view/words.ts";
import { voidReason } from "../../words/voided.ts";
import { html, type Markup } from "../markup.ts";
import { captionedBox, factList, nowrap, scrollBox, section } from "./section.ts";

function roundOf(block: Block): string {
  return block.round === 0 ? "A/A" : String(block.round);
}

function orderStrip(blocks: readonly PlacedBlock[]): Markup {
  return html`<ol class="order" aria-label="Blocks in the order run">${blocks.map(
    ({ arm, block }) =>
      html`<li class="${arm.role} ${block.valid ? "" : "voided"}"><span class="round">${roundOf(block)}</span> ${arm.label}${!block.valid && " ✗ invalid"}</li>`,
  )}</ol>`;
}

function blockRow({ arm, block }: PlacedBlock, { model }: Result["load"], onConntrack: boolean): Markup {
  return html`
<tr class="${block.valid ? "" : "voided"}" data-block="${roundOf(block)}"><th scope="row">${roundOf(block)}</th><td>${arm.label}</td><td>${block.valid ? "✓ valid" : "✗ invalid"}</td>
<td class="num">${formatCount(block.scheduled)}</td><td class="num">${formatCount(block.outcomes.ok)}</td><td class="num">${formatCount(failuresOf(block))}</td>
<td class="num">${nowrap(formatQuantity(block.latencyMs.p50, "ms"))}</td><td class="num">${nowrap(formatQuantity(block.latencyMs.p99, "ms"))}</td>
${onConntrack && html`<td class="num">${nowrap(block.cliff ? formatQuantity(block.cliff.atMs / 1000, "s") : "none")}</td>`}
<td class="num">${model === "open" ? nowrap(formatQuantity(block.scheduleLagMs.p99, "ms")) : "–"}</td>
<td class="num">${block.workers.reported}/${block.workers.wanted}</td>
<td class="num">${nowrap(formatShare(block.generatorCpu.shareOfMachine))}</td><td class="num">${nowrap(formatQuantity(block.probeCpu.seconds, "s"))}</td><td class="num">${nowrap(formatShare(block.stealShare))}</td>
<td class="num">${formatCount(sum(Object.values(block.drain.conntrackBefore)))}</td><td class="num">${formatCount(block.drain.timeWaitBefore)}</td><td class="num">${nowrap(formatQuantity(block.drain.seconds, "s"))}</td></tr>`;
}

function blockTable(blocks: readonly PlacedBlock[], load: Result["load"], onConntrack: boolean): Markup {
  const heads = [
    "scheduled",
    "answered",
    "failed",
    "p50",
    "p99",
    ...(onConntrack ? ["first drop"] : []),
    "lag p99",
    "workers",
    "load CPU",
    "probe CPU",
    "steal",
    "entries before",
    "TIME_WAIT before",
    "drained in",
  ];
  return captionedBox(
    "Every block, in the order run. Latency counts failures with their full wait; lag is how late the generator sent",
    html`<table class="blocks fine">
<thead><tr><th scope="col">round</th><th scope="col">arm</th><th scope="col">valid</th>${heads.map((head) => html`<th scope="col" class="num">${head}</th>`)}</tr></thead>
<tbody>${blocks.map((block) => blockRow(block, load, onConntrack))}</tbody></table>`,
  );
}

function noiseTable(result: Result): Markup | null {
  if (result.metrics.length === 0) return null;
  return captionedBox(
    "Noise floor: the difference between two blocks of one arm (A/A), beside what matters and what this run could see",
    html`<table class="noise fine">
<thead><tr><th scope="col">metric</th><th scope="col" class="num">A/A difference</th><th scope="col" class="num">matters from</th><th scope="col" class="num">smallest visible effect</th></tr></thead>
<tbody>${result.metrics.map(
      ({ name, unit, noise, floor, smallestDetectable }) =>
        html`<tr><th scope="row">${capitalised(spaced(name))}</th><td class="num">${nowrap(formatDifference(noise, unit))}</td><td class="num">${nowrap(formatSize(floor, unit))}</td><td class="num">${nowrap(formatSize(smallestDetectable, unit))}</td></tr>`,
    )}</tbody></table>`,
  );
}

function invalidList(blocks: readonly PlacedBlock[]): Markup | null {
  const voided = blocks.flatMap(({ arm, block }) => (block.valid ? [] : [{ arm, block }]));
  if (voided.length === 0) return null;
  return html`<h3>Why blocks are invalid</h3><ul class="evidence">${voided.map(
    ({ arm, block }) =>
      html`<li>Round ${roundOf(block)}, ${arm.label}: ${block.invalidBecause.map(voidReason).join("; ")}</li>`,
  )}</ul>`;
}

function kernelLog(blocks: readonly PlacedBlock[]): Markup | null {
  const lines = blocks.flatMap(({ arm, block }) =>
    block.kernelLog.map((line) => `round ${roundOf(block)}, ${arm.label}: ${printable(line)}`),
  );
  if (lines.length === 0) return null;
  return html`<details><summary>What the kernel logged (${formatCount(lines.length)} lines)</summary>${scrollBox("Kernel log", html`<pre>${lines.slice(0, 200).join("\n")}</pre>`)}</details>`;
}

function loadModel({ ratePerSecond, connections, arrivals }: Result["load"]): string {
  if (ratePerSecond === null) return `closed loop, ${formatCount(connections ?? 0)} connections in flight`;
  return `open loop, ${formatQuantity(ratePerSecond, "/s")} ${arrivals === "poisson" ? "at random instants" : "evenly"}`;
}

/** @param onConntrack whether the page speaks of connection tracking elsewhere */
export function experimentSection(result: Result, arms: readonly ArmView[], onConntrack: boolean): Markup {
  const blocks = inOrder(arms);
  const { load } = result;
  const methods = [...new Set(blocks.map(({ block }) => block.drain.method))];
  return section({
    id: "experiment",
    title: "The experiment",
    lede: html`<p>Arms alternate in blocks on one cluster, and state that would leak from one block into the next is drained and checked. The first two blocks are one arm twice: they show how much this cluster differs from itself.</p>`,
    body: html`
${orderStrip(blocks)}
${factList([
  {
    name: "load",
    value: `${loadModel(load)} for ${formatDuration(load.durationMs)} a block, a new connection each`,
  },
  {
    name: "engine",
    value: `${load.engine}, ${load.workers} workers on ${load.placement === "one-node" ? "one node" : "all nodes"}, timeout ${formatQuantity(load.timeoutMs, "ms")}`,
  },
  { name: "seed", value: String(result.seed) },
  { name: "drain", value: methods.join("; ") || "–" },
])}
${invalidList(blocks)}
${blocks.length > 0 && blockTable(blocks, load, onConntrack)}
${noiseTable(result)}
${kernelLog(blocks)}`,
  });
}
