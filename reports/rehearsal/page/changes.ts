import type { Rehearsal, RehearsalChange } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { section } from "../../html/sections/section.ts";
import { sentence } from "../../view/words.ts";
import { firstWords } from "../found.ts";
import { buysWords } from "../words.ts";
import { cap, type MostInPrint, more } from "./capped.ts";

const MOST: MostInPrint = 3;

/** What breaks first, and what to do about it, in order of what it buys. */
export function changesSection(seen: Rehearsal): Markup {
  const { changes } = seen;
  return section({
    id: "changes",
    title: "What to change",
    lede: html`<p class="screen"><strong>Breaks first:</strong> ${sentence(firstWords(seen))}</p>`,
    body:
      changes.length === 0
        ? html`<p class="nothing">No change is known that would buy more.</p>`
        : html`<ol class="changes ${cap(MOST)}">${changes.map(item)}</ol>${more(changes.length - MOST, "change")}`,
  });
}

function item(change: RehearsalChange): Markup {
  return html`<li><div class="clamp">${change.tuning !== null && html`<code class="tuning">${change.tuning}</code>: `}${change.words} <span class="quiet">(${buysWords(change)})</span></div>${change.command !== null && html`<pre><code>${change.command}</code></pre>`}</li>`;
}
