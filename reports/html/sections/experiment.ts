import { printable } from "../../../runner/printable.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Result } from "../../../runner/result/result.ts";
import { type ArmView, failuresOf, inOrder, type PlacedBlock, sum } from "../../view/arms.ts";
import { formatCount, formatDuration, formatQuantity, formatShare, formatSize, plural } from "../../view/format.ts";
import { capitalised, spaced } from "../../view/words.ts";
import { voidReason } from "../../words/voided.ts";
import { html, type Markup } from "../markup.ts";
import { captionedBox, factList, nowrap, scrollBox, section } from "./section.ts";

function roundOf(block: Block): string {
  return block.round === 0 ? "warm-up" : String(block.round);
}

function validity(block: Block): string {
  if (!block.valid) return "✗ invalid";
  return block.spoiltBy?.length ? "◐ in part" : "✓ valid";
}

function orderStrip(blocks: readonly PlacedBlock[]): Markup {
  return html`<ol class="order" aria-label="Blocks in the order run">${blocks.map(
    ({ arm, block }) =>
      html`<li class="${arm.role} ${block.valid ? "" : "voided"}"><span class="round">${roundOf(block)}</span> ${arm.label}${!block.valid && " ✗ invalid"}</li>`,
  )}</ol>`;
}

function blockRow({ arm, block }: PlacedBlock, { model }: Result["load"], onConntrack: boolean): Markup {
  return html`
<tr class="${block.valid ? "" : "voided"}" data-block="${roundOf(block)}"><th scope="row">${nowrap(roundOf(block))}</th><td>${arm.label}</td><td>${validity(block)}</td>
<td class="num">${formatCount(block.scheduled)}</td><td class="num">${formatCount(block.outcomes.ok)}</td><td class="num">${formatCount(failuresOf(block))}</td>
<td class="num">${nowrap(formatQuantity(block.latencyMs.p50, "ms"))}</td><td class="num">${nowrap(formatQuantity(block.latencyMs.p99, "ms"))}</td>
${onConntrack && html`<td class="num">${nowrap(block.cliff ? formatQuantity(block.cliff.atMs / 1000, "s") : "none")}</td>`}
<td class="num">${model === "open" ? nowrap(formatQuantity(block.scheduleLagMs.p99, "ms")) : "–"}</td>
<td class="num">${block.workers.reported}/${block.workers.wanted}</td>
<td class="num">${shareOrNot(block.generatorCpu.shareOfMachine)}</td><td class="num">${nowrap(formatQuantity(block.probeCpu.seconds, "s"))}</td><td class="num">${shareOrNot(block.stealShare)}</td>
<td class="num">${formatCount(sum(Object.values(block.drain.conntrackBefore)))}</td><td class="num">${formatCount(block.drain.timeWaitBefore)}</td><td class="num">${nowrap(formatQuantity(block.drain.seconds, "s"))}</td></tr>`;
}

/** Hours of blocks would be all that a reader sees. */
const MOST_OPEN = 60;

function folded(blocks: readonly PlacedBlock[], how: string, child: Markup): Markup {
  if (blocks.length <= MOST_OPEN) return child;
  return html`<details><summary>All ${formatCount(blocks.length)} blocks, ${how}</summary>${child}</details>`;
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
    "Noise: by how much two blocks of one arm typically differ, beside what matters and what this run could see",
    html`<table class="noise fine">
<thead><tr><th scope="col">metric</th><th scope="col" class="num">within an arm</th><th scope="col" class="num">matters from</th><th scope="col" class="num">smallest visible effect</th></tr></thead>
<tbody>${result.metrics.map(
      ({ name, unit, noise, floor, smallestDetectable }) =>
        html`<tr><th scope="row">${capitalised(spaced(name))}</th><td class="num">${nowrap(formatSize(noise, unit))}</td><td class="num">${nowrap(formatSize(floor, unit))}</td><td class="num">${nowrap(formatSize(smallestDetectable, unit))}</td></tr>`,
    )}</tbody></table>`,
  );
}

function invalidList(blocks: readonly PlacedBlock[]): Markup | null {
  const spoken = blocks.flatMap(({ arm, block }) => {
    const reasons = block.valid ? (block.spoiltBy ?? []) : block.invalidBecause;
    return reasons.length === 0 ? [] : [{ arm, block, reasons }];
  });
  if (spoken.length === 0) return null;
  return html`<h3>What speaks against blocks</h3><p>An invalid block counts for nothing. One that is valid in part counts for what its reason does not spoil: a late generator or stolen CPU spoil latencies, and no count; a gap in the samples spoils counters.</p><ul class="evidence">${spoken.map(
    ({ arm, block, reasons }) =>
      html`<li>Round ${roundOf(block)}, ${arm.label}, ${block.valid ? "in part" : "invalid"}: ${reasons.map(voidReason).join("; ")}</li>`,
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

/** When the answer was looked for, where that was more than once. */
function looksWords({ looks }: Result): string {
  if (looks === undefined || looks.length < 2) return "";
  const rounds = looks.map(({ afterRounds }) => String(afterRounds));
  return ` The answer was looked for after ${rounds.slice(0, -1).join(", ")} and ${rounds.at(-1)} rounds, and each look had its share of the level at which a difference is believed.`;
}

function orderWords({ duet, targets }: Result): string {
  if (targets !== undefined)
    return "Each round is a block of either arm, in an order drawn by the seed, each on its own cluster, one after the other";
  return duet
    ? "Each round is a block of either arm at the same time, in two namespaces on the same nodes, and the differences within rounds were judged: noise of the machine hits both"
    : "Each round is a block of either arm, in an order drawn by the seed, on one cluster";
}

/** @param onConntrack whether the page speaks of connection tracking elsewhere */
export function experimentSection(result: Result, arms: readonly ArmView[], onConntrack: boolean): Markup {
  const blocks = inOrder(arms);
  const { load } = result;
  const methods = [...new Set(blocks.map(({ block }) => block.drain.method))];
  return section({
    id: "experiment",
    title: "The experiment",
    lede: html`<p>${orderWords(result)}; state that would leak from one block into the next is drained and checked. ${result.duet || result.targets ? "The first two blocks warm up, and are" : "The first block warms up, and is"} no evidence${result.resumed ? "; so it was each time that the run was resumed" : ""}.${looksWords(result)}</p>`,
    body: html`
${folded(blocks, "in the order run", orderStrip(blocks))}
${factList([
  {
    name: "load",
    value: `${loadModel(load)} for ${formatDuration(load.durationMs)} a block, a new connection each`,
  },
  {
    name: "engine",
    value: `${load.engine}, ${plural(load.workers, "worker")} on ${load.placement === "one-node" ? "one node" : "all nodes"}, timeout ${formatQuantity(load.timeoutMs, "ms")}`,
  },
  { name: "seed", value: String(result.seed) },
  { name: "drain", value: methods.join("; ") || "–" },
])}
${invalidList(blocks)}
${blocks.length > 0 && folded(blocks, "in figures", blockTable(blocks, load, onConntrack))}
${noiseTable(result)}
${kernelLog(blocks)}`,
  });
}

function shareOrNot(share: number | null) {
  return share === null ? "not read" : nowrap(formatShare(share));
}
