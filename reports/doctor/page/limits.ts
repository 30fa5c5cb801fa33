import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import {
  firstToBreak,
  type PlacedLimit,
  perSecondWords,
  placedLimits,
  timesWords,
  unplacedLimits,
  whenWords,
} from "../limits.ts";
import { HOP_WORDS } from "../words.ts";
import { bar } from "./headroom.ts";

const TITLE = "What breaks first under load";

/** Every hop with the rate that it takes, the first one to break on top. */
export function limitsSection(seen: Diagnosis): Markup {
  const placed = placedLimits(seen);
  const unplaced = unplacedLimits(seen);
  return section({
    id: "limits",
    title: TITLE,
    lede: html`<p>${firstToBreak(seen)}</p>`,
    body: html`${placed.length > 0 && scrollBox(TITLE, table(placed))}${
      unplaced.length > 0 &&
      html`<p>Of these it is not known when:</p><ul>${unplaced.map(
        ({ hop, subject, of, unknown }) =>
          html`<li>${HOP_WORDS[hop]}: ${of}<span class="who">${subject}: ${unknown ?? ""}</span></li>`,
      )}</ul>`
    }`,
  });
}

function table(limits: readonly PlacedLimit[]): Markup {
  return html`
<table class="left limits">
<thead><tr><th scope="col">hop</th><th scope="col" class="num">breaks at</th><th scope="col">when</th><th scope="col" class="num">takes</th><th scope="col">left</th><th scope="col">of what, and what is taken for granted</th></tr></thead>
<tbody>${limits.map((limit) => {
    const { hop, subject, of, breaksAtPerSecond, times, assumes } = limit;
    return html`
<tr class="${times !== null && times < 1 ? "critical" : "info"}" data-limit="${hop}"><th scope="row">${HOP_WORDS[hop]}<span class="who">${subject}</span></th><td class="num">${perSecondWords(breaksAtPerSecond)}</td><td>${whenWords(limit)}</td><td class="num">${timesWords(times)}</td><td>${times === null ? "–" : bar({ left: leftOf(times), of })}</td><td>${of}${assumes !== null && html`<span class="who">${assumes}</span>`}</td></tr>`;
  })}</tbody>
</table>`;
}

/** Share of what it takes that is left at the rate that comes. */
function leftOf(times: number): number {
  return times <= 1 ? 0 : 1 - 1 / times;
}
