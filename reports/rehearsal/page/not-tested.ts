import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { section } from "../../html/sections/section.ts";
import { sentence } from "../../view/words.ts";
import { cappedList } from "./capped.ts";

export function notTestedSection({ notTested }: Rehearsal): Markup {
  return section({
    id: "not-tested",
    title: "Not tested",
    lede: html`<p>The decision says nothing of it.</p>`,
    body:
      notTested.length === 0
        ? html`<p class="nothing">Nothing is listed.</p>`
        : html`<div class="things">${cappedList("ul", notTested.map(sentence), 4, "thing")}</div>`,
  });
}
