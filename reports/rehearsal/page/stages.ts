import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { formatQuantity } from "../../view/format.ts";
import { dropsWords, failedWords, judgeStage, STAGE_WORDS, stageName } from "../stages.ts";
import { secondsWords } from "../words.ts";

const TONES = { held: "good", failed: "bad", load: "open", stopped: "open", unseen: "open" } as const;

/** Every stretch of load, in the order in which they ran. */
export function stagesSection({ stages, slos }: Rehearsal): Markup {
  const rows = stages.map((stage) => {
    const { state, detail } = judgeStage(stage, slos);
    const { word, sign } = STAGE_WORDS[state];
    return html`
<tr data-rate="${stage.ratePerSecond}" data-state="${state}"><th scope="row">${stageName(stage)}</th><td class="num">${secondsWords(stage.ranS)}</td><td><span class="held ${TONES[state]}">${sign} ${word}</span>${detail !== "" && html`<span class="who">${detail}</span>`}</td><td class="num">${formatQuantity(stage.latencyMs?.p99 ?? null, "ms")}</td><td class="num">${formatQuantity(stage.latencyMs?.max ?? null, "ms")}</td><td class="num">${failedWords(stage)}</td><td class="num">${dropsWords(stage)}</td></tr>`;
  });
  return section({
    id: "stages",
    title: "Every stage",
    lede: html`<p>In the order in which they ran. Where our own load was at its limit, nothing is said of the target.</p>`,
    body:
      stages.length === 0
        ? html`<p class="nothing">No stage ran.</p>`
        : scrollBox(
            "Every stage",
            html`
<table class="fine stages"><caption class="hidden">Every stage</caption>
<thead><tr><th scope="col">rate</th><th scope="col" class="num">for</th><th scope="col">what came of it</th><th scope="col" class="num">p99</th><th scope="col" class="num">longest</th><th scope="col" class="num">failed</th><th scope="col" class="num">drops</th></tr></thead>
<tbody>${rows}</tbody>
</table>`,
          ),
  });
}
