import type { DiagnosedFinding, Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { section } from "../../html/sections/section.ts";
import { plural } from "../../view/format.ts";
import { capitalised, sentence } from "../../view/words.ts";
import { breaks, byHop, type Group, type HopFindings } from "../groups.ts";
import { HOP_WORDS, severityWords } from "../words.ts";
import { bar } from "./headroom.ts";
import { mark } from "./mark.ts";

/** A part for each hop at which something was found, first the one that breaks first. */
export function findingSections({ findings }: Diagnosis): Markup[] {
  return byHop(findings).map((each, index) => hopSection(each, index === 0 && breaks(each)));
}

function hopSection({ hop, groups }: HopFindings, isFirst: boolean): Markup {
  const findings = groups.flatMap(({ first, others }) => [first, ...others]);
  return section({
    id: `hop-${hop}`,
    title: capitalised(HOP_WORDS[hop]),
    lede: html`<p>${isFirst && html`<strong>Breaks first.</strong> `}${severityWords(findings)}</p>`,
    body: html`${groups.map(groupArticle)}`,
  });
}

function groupArticle({ first, others }: Group): Markup {
  const { severity, subject, check, value, readFrom, consequence, remedy, headroom, proof } = first;
  return html`
<article class="finding ${severity}" data-check="${check}">
<h3>${subject}${others.length > 0 && ` and ${plural(others.length, "other")}`}: ${value}</h3>
<p class="labels"><span class="tag">${mark(severity)}${severity}</span> <code>${check}</code></p>
<p>${sentence(consequence)}</p>
${headroom !== undefined && html`<p class="headroom">${bar(headroom)} left of ${headroom.of}</p>`}
<dl>
<div><dt>Read in</dt><dd>${readFrom}</dd></div>
<div><dt>Remedy</dt><dd>${remedy.tuning !== undefined && html`<code class="tuning">${remedy.tuning}</code>: `}${remedy.words}</dd></div>
<div><dt>${PROOF_WORDS[proof.kind]}</dt><dd><pre><code>${proof.command}</code></pre></dd></div>
</dl>
${others.length > 0 && othersList(first, others)}
</article>`;
}

const PROOF_WORDS: Readonly<Record<DiagnosedFinding["proof"]["kind"], string>> = { run: "Proof", read: "Look again" };

/** All say the same but for what it is about; where that is all, a name is enough. */
function othersList(first: DiagnosedFinding, others: readonly DiagnosedFinding[]): Markup {
  return html`<details><summary>The same of ${plural(others.length, "other")}</summary><ul>${others.map(
    ({ subject, readFrom, proof }) =>
      html`<li>${subject}${readFrom !== first.readFrom && html`<span class="who">read in ${readFrom}</span>`}${proof.command !== first.proof.command && html`<code class="own">${proof.command}</code>`}</li>`,
  )}</ul></details>`;
}
