import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { section } from "../../html/sections/section.ts";
import { dayOf, unseenSeconds } from "../day.ts";
import { stageStateWords } from "../stages.ts";
import { eventWords } from "../words.ts";
import { cappedList } from "./capped.ts";
import { dayDrawing } from "./day-drawing.ts";

export function daySection(seen: Rehearsal): Markup {
  const day = dayOf(seen);
  if (day === null)
    return section({
      id: "day",
      title: "The day",
      lede: null,
      body: html`<p class="nothing">The day itself was not rehearsed.</p>`,
    });
  const gap = unseenSeconds(day);
  return section({
    id: "day",
    title: "The day",
    lede: html`<p>${stageStateWords(day.stage, seen.slos)}. ${gap > 0 && "Grey: not seen by all, which is not zero."}</p>`,
    body: html`<figure>${dayDrawing(seen, day)}</figure>
${seen.events.length === 0 ? html`<p class="quiet">Nothing was made to happen meanwhile.</p>` : html`<div class="events">${cappedList("ol", seen.events.map(eventWords), 4, "event")}</div>`}`,
  });
}
