import { atWorkMs } from "../../../runner/analysis/run-time.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { SuiteReport } from "../../suite-report.ts";
import type { ArmView } from "../../view/arms.ts";
import { formatDuration, formatTime } from "../../view/format.ts";
import { sentence, VERDICTS } from "../../view/words.ts";
import { verdictMeaning, whereWords } from "../../words/clusters.ts";
import { notesOf } from "../../words/notes.ts";
import { adviceWords, runWhy } from "../../words/run.ts";
import { sayOf } from "../../words/say.ts";
import { html, type Markup } from "../markup.ts";

/** The page's head: what was asked, the verdict, why, what to do, and what to keep in mind. */
export function verdictBand(result: Result, arms: readonly ArmView[], report: SuiteReport): Markup {
  const { word, sign } = VERDICTS[result.verdict];
  const { target, targets } = result;
  const notes = notesOf(result, arms, report);
  const advice = [...result.advice.map(adviceWords), ...report.advice(result)];
  const kernel = targets === undefined ? `, kernel ${target.kernel}` : "";
  return html`
<header class="verdict ${result.verdict}" data-verdict="${result.verdict}">
<div class="wrap">
<p class="masthead"><strong>packetwalk</strong> <span>${result.suite}: ${arms.map((arm) => arm.label).join(" against ")}</span></p>
<p class="question">${result.question}</p>
<h1><span class="sign" aria-hidden="true">${sign}</span>${word}</h1>
<p class="why">${sentence(runWhy(result, sayOf(report)))}</p>
<p class="meaning">“${word}” means: ${verdictMeaning(result)}.</p>
<div class="next">
${
  advice.length > 0 &&
  html`<div><h2>What to do</h2><ul class="advice">${advice.map((line) => html`<li>${line}</li>`)}</ul></div>`
}
${notes.length > 0 && html`<div><h2>Keep in mind</h2><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></div>`}
</div>
<p class="where">${whereWords(result).join(" · ")}${kernel} · ${formatTime(result.startedAt)}, ${formatDuration(atWorkMs(result, Date.parse(result.finishedAt)))}</p>
</div>
</header>`;
}
