import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { factList, section } from "../../html/sections/section.ts";
import { clusterWords, idleWords, planWords, targetWords, whoWords } from "../words.ts";
import { cappedList } from "./capped.ts";

/** Who ran what, when, on what, and how to do it again. */
export function originSection(seen: Rehearsal): Markup {
  const clamped = (text: string) => html`<div class="clamp">${text}</div>`;
  return section({
    id: "origin",
    title: "Who, what, when",
    lede: html`<p class="screen">Every number on this page is in <a href="rehearsal.json">rehearsal.json</a>.</p>`,
    body: html`
${factList([
  { name: "run by", value: clamped(whoWords(seen)) },
  { name: "targets", value: cappedList("ul", seen.targets.map(targetWords), 2, "target") },
  { name: "cluster", value: clamped(clusterWords(seen)) },
  { name: "without load", value: clamped(idleWords(seen)) },
  { name: "what", value: clamped(`${planWords(seen)}; packetwalk ${seen.packetwalk}`) },
])}
<pre class="again"><code>${seen.command}</code></pre>`,
  });
}
