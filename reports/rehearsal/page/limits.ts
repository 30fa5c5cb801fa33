import type { Headroom, Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { HOP_WORDS, leftWords, perSecondOr } from "../words.ts";
import { limitsDrawing } from "./limits-drawing.ts";

/** The drawing of rates, and the same as a table. */
export function limitsSection(seen: Rehearsal): Markup {
  const { headroom } = seen;
  return section({
    id: "limits",
    title: "Peak against limits",
    lede: html`<p>Requests a second of the whole load. ○ the model’s limit of a hop, ● the same from how it filled, ✗ where it broke; a mark at the edge lies beyond it.</p>`,
    body: html`<figure>${limitsDrawing(seen)}</figure>
${headroom.length === 0 ? html`<p class="nothing">No hop’s headroom is known: that is not the same as enough.</p>` : html`<details class="screen" open><summary>Headroom of each hop, as a table</summary>${scrollBox("Headroom of each hop", table(headroom))}</details>`}`,
  });
}

function table(headroom: readonly Headroom[]): Markup {
  return html`
<table class="fine headroom"><caption class="hidden">Headroom of each hop</caption>
<thead><tr><th scope="col">hop</th><th scope="col">where</th><th scope="col">what runs out</th><th scope="col" class="num">predicted</th><th scope="col" class="num">measured</th><th scope="col" class="num">at the peak</th></tr></thead>
<tbody>${headroom.map(
    (each) => html`
<tr data-hop="${each.hop}"><th scope="row">${HOP_WORDS[each.hop].label}</th><td>${each.where}</td><td>${each.of}</td><td class="num">${perSecondOr(each.predictedPerSecond, "no model")}</td><td class="num">${perSecondOr(each.measuredPerSecond, "not seen to fill")}</td><td class="num">${leftWords(each)}</td></tr>`,
  )}</tbody>
</table>`;
}
