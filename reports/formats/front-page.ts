/** The page of several suites of one run: the answer of all, a line for each, and the way to each one's own page. */

import { htmlDocument, sheet } from "../html/document.ts";
import { html, type Markup } from "../html/markup.ts";
import { nowrap, scrollBox, section } from "../html/sections/section.ts";
import { reproduceAll } from "../view/command.ts";
import { formatTime } from "../view/format.ts";
import { overallVerdict } from "../view/overall.ts";
import { sentence, VERDICTS } from "../view/words.ts";
import { answerOfAll } from "../words/answer.ts";
import { verdictMeaning } from "../words/clusters.ts";
import { runWhy } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import type { Reported, RunReport } from "./run-report.ts";

const STYLES = ["base", "verdict", "section", "table"].map(sheet);

/** Each suite's page is where `compare` puts it: in the suite's folder, beside this page. */
export function renderFrontPage({ results, missing }: RunReport): string {
  const all = results.map(({ result }) => result);
  const verdict = overallVerdict(all, missing);
  const { word, sign } = VERDICTS[verdict];
  const command = reproduceAll(all);
  const targets = all[0]?.targets;
  return htmlDocument({
    title: `${word}: ${all.map(({ suite }) => suite).join(", ")} · packetwalk`,
    madeBy: all[0]?.packetwalk ?? "",
    styles: STYLES,
    band: html`
<header class="verdict ${verdict}" data-verdict="${verdict}">
<div class="wrap">
<p class="masthead"><strong>packetwalk</strong> <span>${all.length + missing.length} suites</span></p>
<h1><span class="sign" aria-hidden="true">${sign}</span>${word}</h1>
<p class="why">${answerOfAll(all, missing)}</p>
<p class="meaning">“${word}” means: ${verdictMeaning({ verdict, ...(targets === undefined ? {} : { targets }) })}.</p>
</div>
</header>`,
    sections: [
      section({
        id: "suites",
        title: "Suite by suite",
        lede: html`<p>Each suite has a page of its own, with all of its evidence.</p>`,
        body: scrollBox("Suites", table(results, missing)),
      }),
      command === null
        ? null
        : section({
            id: "reproduce",
            title: "Run it again",
            lede: html`<p>All suites in one command.</p>`,
            body: scrollBox("Command", html`<pre><code>${command}</code></pre>`),
          }),
    ],
  });
}

function table(results: readonly Reported[], missing: readonly string[]): Markup {
  const rows = results.map(({ result, report }) => {
    const { word, sign } = VERDICTS[result.verdict];
    return html`<tr data-suite="${result.suite}"><th scope="row"><a href="${result.suite}/report.html">${result.suite}</a></th><td>${nowrap(`${sign} ${word}`)}</td><td>${sentence(runWhy(result, sayOf(report)))}</td><td>${nowrap(formatTime(result.startedAt))}</td></tr>`;
  });
  const absent = missing.map(
    (suite) =>
      html`<tr data-suite="${suite}"><th scope="row">${suite}</th><td>${nowrap("! no result")}</td><td>Asked about in the same command, and without a result here.</td><td>–</td></tr>`,
  );
  return html`<table><caption class="hidden">Suites</caption><thead><tr><th scope="col">suite</th><th scope="col">verdict</th><th scope="col">why</th><th scope="col">started</th></tr></thead><tbody>${rows}${absent}</tbody></table>`;
}
