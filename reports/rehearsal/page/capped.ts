/** Lists of any length: on the screen all of them, on the one page of paper the first, and how many there are more. */
import { type Child, html, type Markup } from "../../html/markup.ts";
import { moreWords } from "../words.ts";

export type MostInPrint = 2 | 3 | 4 | 5 | 6;

export function cappedList(tag: "ol" | "ul", items: readonly Child[], most: MostInPrint, noun: string): Markup {
  const children = items.map((item) => html`<li><div class="clamp">${item}</div></li>`);
  const list =
    tag === "ol" ? html`<ol class="${cap(most)}">${children}</ol>` : html`<ul class="${cap(most)}">${children}</ul>`;
  return html`${list}${more(items.length - most, noun)}`;
}

/** Of a list or of a table's body. */
export function cap(most: MostInPrint): string {
  return `capped most-${most}`;
}

/** Only in print. */
export function more(count: number, noun: string): Markup | null {
  return count > 0
    ? html`<p class="beyond">${moreWords(count, noun, "on the screen and in rehearsal.json")}</p>`
    : null;
}
