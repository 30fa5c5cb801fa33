import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { section } from "../../html/sections/section.ts";
import { capitalised } from "../../view/words.ts";
import { breaks, byHop } from "../groups.ts";
import { type Stop, stateWords, stopsOf } from "../walk.ts";
import { HOP_WORDS } from "../words.ts";
import { mark, markOf } from "./mark.ts";

/** The drawing: a list in the packet's order, as a line with a mark at each hop. */
export function walkSection(seen: Diagnosis): Markup {
  const [worst] = byHop(seen.findings);
  const first = worst && breaks(worst) ? worst.hop : null;
  return section({
    id: "walk",
    title: "The packet’s walk",
    lede: html`<p>Each hop with the worst that was found there. Where the mark is dashed, nobody could look, or not everybody: that is not the same as quiet.</p>`,
    body: html`<ol class="hops">${stopsOf(seen).map((stop) => stopItem(stop, stop.hop === first))}</ol>`,
  });
}

function stopItem({ hop, state }: Stop, isFirst: boolean): Markup {
  const which = markOf(state);
  const name = html`<span class="name">${capitalised(HOP_WORDS[hop])}</span>`;
  return html`
<li class="hop ${which}" data-hop="${hop}" data-state="${which}">${mark(which)}${state.kind === "found" ? html`<a href="#hop-${hop}">${name}</a>` : name} <span class="state">${isFirst && html`<strong>breaks first</strong> `}${stateWords(state)}</span></li>`;
}
