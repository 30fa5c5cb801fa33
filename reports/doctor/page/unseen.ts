import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { HOP_WORDS, seenOnlyWords } from "../words.ts";

/** What could not be read; null where all could. */
export function unseenSection({ unseen }: Diagnosis): Markup | null {
  if (unseen.length === 0) return null;
  return section({
    id: "unseen",
    title: "What could not be read",
    lede: html`<p>What is missing is not zero: the checks that lack it say nothing, or speak only of the rest.</p>`,
    body: scrollBox(
      "What could not be read",
      html`
<table>
<thead><tr><th scope="col">what</th><th scope="col">why</th><th scope="col">checks that lack it</th></tr></thead>
<tbody>${unseen.map(
        ({ what, because, checks }) => html`
<tr><th scope="row">${what}</th><td>${because}</td><td>${checks.length === 0 ? "no check needs it" : checks.join(", ")}</td></tr>`,
      )}</tbody>
</table>`,
    ),
  });
}

/** What the API does not tell; null where all of it was seen. */
export function onNodesSection(seen: Diagnosis): Markup | null {
  const { onNodesOnly } = seen;
  if (onNodesOnly.length === 0) return null;
  const title = seenOnlyWords(seen);
  return section({
    id: "on-nodes",
    title,
    lede: html`<p>The API does not tell it; the command shows it.</p>`,
    body: scrollBox(
      title,
      html`
<table>
<thead><tr><th scope="col">hop</th><th scope="col">what</th><th scope="col">shown by</th></tr></thead>
<tbody>${onNodesOnly.map(
        ({ hop, what, shownBy }) => html`
<tr><th scope="row">${HOP_WORDS[hop]}</th><td>${what}</td><td><code>${shownBy.command}</code></td></tr>`,
      )}</tbody>
</table>`,
    ),
  });
}
