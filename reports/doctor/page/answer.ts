import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { formatTime } from "../../view/format.ts";
import { sentence } from "../../view/words.ts";
import { type Answer, answerOf } from "../answer.ts";
import { clusterWords, countWords } from "../words.ts";
import { mark } from "./mark.ts";

export const VERDICT_WORDS: Readonly<Record<Answer["kind"], string>> = {
  critical: "critical",
  warning: "warning",
  sound: "nothing worse than info",
  blind: "nothing could be seen",
};

const MARKS = { critical: "critical", warning: "warning", sound: "quiet", blind: "unseen" } as const;

/** The page's head: the answer in one sentence, and what it was asked of. */
export function answerBand(seen: Diagnosis): Markup {
  const { kind, sentence: words } = answerOf(seen);
  return html`
<header class="verdict answer ${kind}" data-answer="${kind}"><div class="wrap">
<p class="masthead"><strong>packetwalk doctor</strong> <span>${clusterWords(seen)}</span></p>
<p class="question">What will this cluster’s settings do under load, and what breaks first?</p>
<p class="severity">${mark(MARKS[kind])}${VERDICT_WORDS[kind]}</p>
<h1>${sentence(words)}</h1>
<p class="where">${countWords(seen)} · read ${formatTime(seen.readAt)}</p>
</div></header>`;
}
