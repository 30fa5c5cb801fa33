import type { Diagnosis, OnNodes } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { formatCount, formatQuantity } from "../../view/format.ts";
import { sentence } from "../../view/words.ts";
import { onNodesWords } from "../words.ts";

/** Into which nodes agents looked, and what each takes now; null where nobody looked into any. */
export function nodesSection({ onNodes, rate }: Diagnosis): Markup | null {
  if (onNodes === null) return null;
  const measured = rate?.from === "measured" ? rate : null;
  const rates = new Map(measured?.perNode.map(({ node, perSecond }) => [node, perSecond]));
  const over = measured === null ? null : formatQuantity(measured.overS, "s");
  return section({
    id: "nodes",
    title: "Nodes that were looked into",
    lede: html`<p>${sentence(onNodesWords(onNodes))}${over !== null && ` New connections were measured over ${over}.`}</p>`,
    body: scrollBox("Nodes that were looked into", table(onNodes, rates)),
  });
}

function table({ looked, failed, left }: OnNodes, rates: ReadonlyMap<string, number>): Markup {
  const rateOf = (name: string) => {
    const perSecond = rates.get(name);
    return perSecond === undefined ? "–" : formatCount(perSecond);
  };
  return html`
<table>
<thead><tr><th scope="col">node</th><th scope="col" class="num">new connections/s</th><th scope="col">looked into</th></tr></thead>
<tbody>${looked.map(
    (name) => html`
<tr><th scope="row">${name}</th><td class="num">${rateOf(name)}</td><td>yes</td></tr>`,
  )}${failed.map(
    ({ name, because }) => html`
<tr><th scope="row">${name}</th><td class="num">–</td><td>failed: ${because}</td></tr>`,
  )}${left.map(
    (name) => html`
<tr><th scope="row">${name}</th><td class="num">–</td><td>no: others stand for it</td></tr>`,
  )}</tbody>
</table>`;
}
