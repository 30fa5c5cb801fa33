import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { formatTime } from "../../view/format.ts";
import { against, betterWords, isSame } from "../against.ts";

/** What changed since an earlier rehearsal. */
export function againstSection(before: Rehearsal, now: Rehearsal): Markup {
  const { comparable, changes } = against(before, now);
  const rows = changes.map((change) => {
    const tone = change.better === null ? "untold" : change.better ? "good" : "bad";
    return html`
<tr data-what="${change.what}"><th scope="row">${change.what}</th><td>${change.before}</td><td>${change.now}</td><td class="held ${tone}">${isSame(change) ? "the same" : betterWords(change)}</td></tr>`;
  });
  return section({
    id: "against",
    title: "Against before",
    lede: html`<p>The rehearsal of ${formatTime(before.startedAt)}. Where two intervals overlap, no difference can be told.</p>`,
    body: html`
${comparable.length > 0 && html`<div class="nothing"><p><strong>Not like with like:</strong></p><ul>${comparable.map((unlike) => html`<li>${unlike}</li>`)}</ul></div>`}
${scrollBox(
  "Against before",
  html`
<table class="fine"><caption class="hidden">Against before</caption>
<thead><tr><th scope="col">what</th><th scope="col">before</th><th scope="col">now</th><th scope="col">told</th></tr></thead>
<tbody>${rows}</tbody>
</table>`,
)}`,
  });
}
