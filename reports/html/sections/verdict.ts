import { atWorkMs } from "../../../runner/analysis/run-time.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { SuiteReport } from "../../suite-report.ts";
import type { ArmView } from "../../view/arms.ts";
import { formatDuration, formatTime } from "../../view/format.ts";
import { sentence, VERDICTS } from "../../view/words.ts";
import { answerSentence } from "../../words/answer.ts";
import { whereWords } from "../../words/clusters.ts";
import { missingForVerdict } from "../../words/missing.ts";
import { notesOf } from "../../words/notes.ts";
import { adviceWords, runWhy } from "../../words/run.ts";
import { sayOf } from "../../words/say.ts";
import { html, type Markup } from "../markup.ts";

/** The page's head: the answer, why, what is missing for one, what to do, what to keep in mind, and what was asked. */
export function verdictBand(result: Result, arms: readonly ArmView[], report: SuiteReport): Markup {
  const { word, sign } = VERDICTS[result.verdict];
  const { target, targets } = result;
  const say = sayOf(report);
  const advice = [...result.advice.map(adviceWords), ...report.advice(result)];
  const kernel = targets === undefined ? `, kernel ${target.kernel}` : "";
  return html`
<header class="verdict ${result.verdict}" data-verdict="${result.verdict}">
<div class="wrap">
<p class="masthead"><strong>packetwalk</strong> <span>${result.suite}: ${arms.map((arm) => arm.label).join(" against ")}</span></p>
<h1><span class="sign" aria-hidden="true">${sign}</span>${word}</h1>
<p class="answer">${answerSentence(result)}</p>
<p class="why">${sentence(runWhy(result, say))}</p>
<div class="next">
${list("missing", "What is missing for a verdict", missingForVerdict(result, arms, say))}
${list("advice", "What to do", advice)}
${list("notes", "Keep in mind", notesOf(result, arms, report))}
</div>
<p class="question">The question was: ${result.question}</p>
<p class="where">${whereWords(result).join(" · ")}${kernel} · ${formatTime(result.startedAt)}, ${formatDuration(atWorkMs(result, Date.parse(result.finishedAt)))}</p>
</div>
</header>`;
}

function list(name: string, title: string, lines: readonly string[]): Markup | null {
  if (lines.length === 0) return null;
  return html`<div><h2>${title}</h2><ul class="${name}">${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`;
}
