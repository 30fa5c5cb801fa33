import { renderChart } from "../../../reports/html/charts/chart.ts";
import { occupancyChart } from "../../../reports/html/charts/occupancy.ts";
import { html, type Markup } from "../../../reports/html/markup.ts";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { ArmView } from "../../../reports/view/arms.ts";
import { formatCount, formatQuantity } from "../../../reports/view/format.ts";
import { voidReason } from "../../../reports/words/voided.ts";
import type { FloodBlock, FloodBlockEvidence, FloodEvidence, LargerTable } from "../evidence.ts";

type Arms = readonly ArmView<FloodBlockEvidence>[];

export const floodPage: SuitePage<FloodEvidence> = {
  sections: () => [],
  conntrack({ evidence, load }, arms) {
    const loadS = load.durationMs / 1000;
    return {
      model: evidence.predictedOccupancy,
      more: html`${prefilled(arms)}
${largerTable(evidence.largerTable, arms, loadS)}`,
    };
  },
  styles: [],
};

/** How each block's table was filled before it, told once. */
function prefilled(arms: Arms): Markup | null {
  const fills = arms.flatMap(({ blocks }) => blocks.flatMap(({ evidence }) => evidence.prefill ?? []));
  const [first] = fills;
  if (!first) return null;
  const counts = fills.map(({ entries }) => entries);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const amount = least === most ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
  return html`<p class="quiet">Filled beforehand on ${first.node}, before each block: ${amount} entries.</p>`;
}

function answer(block: FloodBlock): string {
  if (!block.valid) return `No answer: the block does not count (${block.invalidBecause.map(voidReason).join("; ")}).`;
  return block.cliff
    ? `It does, ${formatQuantity(block.cliff.atMs, "ms")} into the load: a larger table moves the cliff, it does not remove it.`
    : "Not within this block.";
}

/** The extra block against a larger table's own limit, drawn as an arm of its own: it is not part of the comparison. */
function largerTable(asked: LargerTable, arms: Arms, loadS: number): Markup | null {
  const tuned = arms.find(({ role }) => role === "tuned");
  if (asked.kind !== "ran" || !tuned) return null;
  const { block } = asked;
  const alone: ArmView<FloodBlockEvidence> = {
    ...tuned,
    index: 0,
    label: `${tuned.label}, one extra block`,
    blocks: [],
    measured: [{ ...block, valid: true }],
  };
  const chart = occupancyChart({
    id: "larger-table",
    title: "Conntrack entries in one extra block, filled to the same headroom below the larger limit",
    arms: [alone],
    model: [],
    loadS,
  });
  return html`<h3>Does the cliff come back at the larger table’s own limit?</h3>
${chart && html`<figure>${renderChart(chart)}<figcaption>${answer(block)} ${chart.description} The block takes no part in the comparison.</figcaption></figure>`}`;
}
