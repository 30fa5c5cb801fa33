import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { formatTime } from "../../view/format.ts";
import { capitalised, sentence } from "../../view/words.ts";
import { firstWords, foundWords, peakWords } from "../found.ts";
import { clusterWords, DECISION_MEANINGS, DECISION_WORDS, whyWords } from "../words.ts";
import { cappedList } from "./capped.ts";
import { isMuch } from "./much.ts";

/** The page's head: the decision, and what one has to know to repeat it. */
export function decisionBand(seen: Rehearsal): Markup {
  const { state, because, conditions } = seen.decision;
  const { word, sign } = DECISION_WORDS[state];
  const facts = [
    ["Peak", peakWords(seen)],
    ["Found", foundWords(seen)],
    ["Breaks first", firstWords(seen)],
  ] as const;
  return html`
<header class="verdict decision ${state}${isMuch(seen) && " much"}" data-decision="${state}"><div class="wrap">
<p class="masthead clamp"><strong>packetwalk rehearse</strong> <span>${seen.name}</span> <span>${formatTime(seen.startedAt)}</span></p>
<h1><span class="sign" aria-hidden="true">${sign}</span>${word}</h1>
<p class="why clamp">${whyWords(seen)}</p>
<p class="meaning">“${word}” means: ${DECISION_MEANINGS[state]}.</p>
<div class="next">
${conditions.length > 0 && html`<div class="conditions"><h2>Conditions</h2>${cappedList("ol", conditions.map(sentence), 3, "condition")}</div>`}
${because.length > 1 && html`<div class="also"><h2>Also</h2>${cappedList("ul", because.slice(1).map(sentence), 2, "reason")}</div>`}
</div>
<dl class="key">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd class="clamp">${sentence(capitalised(value))}</dd></div>`)}</dl>
<p class="where clamp">${clusterWords(seen)}</p>
</div></header>`;
}
