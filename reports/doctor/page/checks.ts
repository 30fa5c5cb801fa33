import type { Diagnosis, HopSeen } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { formatCount, plural } from "../../view/format.ts";
import { sentence } from "../../view/words.ts";
import { HOP_WORDS, type Outcome, outcomesOf } from "../words.ts";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  found: "found something",
  nothing: "found nothing",
  partly: "found nothing, and did not see all",
  unseen: "could not see",
  unasked: "takes --on-nodes",
};

const OUTCOME_ORDER = ["found", "nothing", "partly", "unseen", "unasked"] as const satisfies readonly Outcome[];

/** For whoever asks what was looked at: every check, with what came of it. */
export function checksSection({ walk }: Diagnosis): Markup {
  const counts = outcomesOf(walk);
  const all = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const words = OUTCOME_ORDER.flatMap((outcome) =>
    counts[outcome] === 0 ? [] : [`${formatCount(counts[outcome])} ${OUTCOMES[outcome]}`],
  );
  return section({
    id: "checks",
    title: "What was looked at",
    lede: html`<p>${sentence(words.join("; "))}</p>`,
    body: html`<details><summary>${plural(all, "check")}, hop by hop</summary>${scrollBox("Checks, hop by hop", table(walk))}</details>`,
  });
}

function table(walk: readonly HopSeen[]): Markup {
  return html`
<table class="checks">
<thead><tr><th scope="col">hop</th><th scope="col">check</th><th scope="col">looks for</th><th scope="col">came to</th></tr></thead>
${walk.map(({ hop, checks }) => html`<tbody>${checks.length === 0 ? bareRow(hop) : checks.map((check, index) => row(hop, check, index === 0 ? checks.length : null))}</tbody>`)}
</table>`;
}

/** The hop's name stands once, beside all its checks. */
function row(hop: HopSeen["hop"], { name, title, outcome }: HopSeen["checks"][number], span: number | null): Markup {
  return html`
<tr>${span !== null && html`<th scope="rowgroup" rowspan="${span}">${HOP_WORDS[hop]}</th>`}<th scope="row"><code>${name}</code></th><td>${title}</td><td>${OUTCOMES[outcome]}</td></tr>`;
}

function bareRow(hop: HopSeen["hop"]): Markup {
  return html`
<tr><th scope="row">${HOP_WORDS[hop]}</th><td colspan="3">no check looks here</td></tr>`;
}
