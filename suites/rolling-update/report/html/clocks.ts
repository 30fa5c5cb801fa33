/** How far instants may be off, and what could not be watched at all. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { factList, nowrap } from "../../../../reports/html/sections/section.ts";
import { formatQuantity } from "../../../../reports/view/format.ts";
import { sentence } from "../../../../reports/view/words.ts";
import { type ArmRollouts, clockErrors, unseenIn } from "../view/rollouts.ts";

export function rolloutClocks(all: readonly ArmRollouts[]): Markup {
  const clocks = clockErrors(all);
  const unseen = unseenIn(all);
  return html`
<h3>One axis for all clocks</h3>
<p>Instants of nodes, proxies and the API are put on the runner’s clock; after that they may still be off by this much, at most, in any block.</p>
${
  clocks.length === 0
    ? html`<p class="nothing">No clock’s error is stated in this result.</p>`
    : factList(
        clocks.map(({ clock, errorMs }) => ({ name: clock, value: nowrap(`± ${formatQuantity(errorMs, "ms")}`) })),
      )
}
${unseen.length > 0 ? html`<h3>Not seen on this target</h3><ul class="evidence unseen">${unseen.map((line) => html`<li>${sentence(line)}</li>`)}</ul>` : html`<p class="quiet">Nothing that should be watched was left unseen.</p>`}`;
}
