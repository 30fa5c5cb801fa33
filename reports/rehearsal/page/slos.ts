import type { Rehearsal, SloState } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { decisiveStage, stageName } from "../stages.ts";
import { allowedWords, budgetWords, heldWord, spentWords, unseenWords, worstWords } from "../words.ts";
import { cap, type MostInPrint, more } from "./capped.ts";

const MOST: MostInPrint = 4;

export function slosSection(seen: Rehearsal): Markup {
  const stage = decisiveStage(seen);
  const judged = seen.slos.map((slo) => ({ slo, state: stage?.slos.find((each) => each.slo === slo.name) }));
  // The held ones last: on paper the list is cut.
  const rank = (held: boolean | null | undefined) => (held === false ? 0 : held === true ? 2 : 1);
  const ranked = judged.sort((a, b) => rank(a.state?.held) - rank(b.state?.held));
  const rows = ranked.map(({ slo, state }) => {
    const word = state === undefined ? "not judged" : heldWord(state).word;
    return html`
<tr data-slo="${slo.name}"><th scope="row"><span class="clamp">${slo.name}</span></th><td>${allowedWords(slo)} <span class="who">${budgetWords(slo)}</span></td><td class="num">${worstWords(slo, state?.worst ?? null)}</td><td class="num">${spentWords({ spent: state?.spent ?? null })}</td><td class="held ${word === "held" ? "good" : word === "broken" ? "bad" : "open"}">${state === undefined ? "? not judged" : heldCell(state)}</td></tr>`;
  });
  return section({
    id: "slos",
    title: "SLOs",
    lede: html`<p>${stage === null ? "No stage ran: none was judged." : `In ${stageName(stage)}.`}</p>`,
    body: html`${scrollBox(
      "SLOs",
      html`
<table class="fine slos"><caption class="hidden">SLOs</caption>
<thead><tr><th scope="col">SLO</th><th scope="col">allowed</th><th scope="col" class="num">worst</th><th scope="col" class="num">spent</th><th scope="col">held</th></tr></thead>
<tbody class="${cap(MOST)}">${rows}</tbody>
</table>`,
    )}${more(rows.length - MOST, "SLO")}`,
  });
}

function heldCell(state: SloState): Markup {
  const { word, sign } = heldWord(state);
  return html`<span class="q">${sign} ${word}</span>${unseenWords(state)}`;
}
