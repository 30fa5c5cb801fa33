/** The frame of every part of the page: a heading with one sentence in the margin, the evidence beside it. */
import { type Child, html, type Markup } from "../markup.ts";

export interface Section {
  /** Also the anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly lede: Child;
  readonly body: Child;
}

export function section({ id, title, lede, body }: Section): Markup {
  return html`
<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2><div class="lede">${lede}</div></header>
<div class="body">${body}</div>
</section>`;
}

/** A box of its own for what may be wider than a phone: it scrolls, the page does not. By keyboard too: it has a name and a tab stop. */
export function scrollBox(label: string, child: Child): Markup {
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${child}</div>`;
}

/** The same under a visible caption, which stays in place while the table scrolls. */
export function captionedBox(caption: string, child: Child): Markup {
  return html`<div><p class="caption">${caption}</p>${scrollBox(caption, child)}</div>`;
}

/** Quantities keep their number and unit on one line. */
export function nowrap(text: string): Markup {
  return html`<span class="q">${text}</span>`;
}

export interface Fact {
  readonly name: string;
  readonly value: Child;
}

export function factList(facts: readonly Fact[]): Markup {
  return html`<dl class="facts">${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
