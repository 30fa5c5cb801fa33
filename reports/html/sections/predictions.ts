import type { Result } from "../../../runner/result/result.ts";
import { type ArmView, ofArm } from "../../view/arms.ts";
import { formatError, formatWithUnit } from "../../view/format.ts";
import { predictedText } from "../../view/predicted.ts";
import { capitalised, spaced } from "../../view/words.ts";
import type { Say } from "../../words/attribution.ts";
import { html, type Markup } from "../markup.ts";
import { nowrap, scrollBox, section } from "./section.ts";

export function predictionsSection(result: Result, arms: readonly ArmView[], say: Say): Markup {
  const rows = arms.flatMap((arm) =>
    ofArm(result.predictions, arm, arms, ({ name }) => name).map(
      ({ name, unit, predicted, measured, error, notes }) => html`
<tr data-prediction="${name}"><th scope="row">${capitalised(spaced(name))}</th><td>${arm.label}</td>
<td class="num">${nowrap(predictedText({ predicted, measured, unit }))}</td>
<td class="num">${nowrap(measured === null ? "–" : formatWithUnit(measured, unit))}</td>
<td class="num">${nowrap(formatError(error))}</td><td class="note">${notes.map(say).join("; ")}</td></tr>`,
    ),
  );
  const table = html`
<table class="predictions fine"><caption class="hidden">Predictions of the model and what was measured</caption>
<thead><tr><th scope="col">quantity</th><th scope="col">arm</th><th scope="col" class="num">predicted</th><th scope="col" class="num">measured</th><th scope="col" class="num">error</th><th scope="col">note</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return section({
    id: "predictions",
    title: "Prediction and measurement",
    lede: html`<p>What a small model says, beside what happened. A model that errs here should not be trusted for your launch.</p>`,
    body:
      rows.length > 0
        ? scrollBox("Predictions", table)
        : html`<p class="nothing">The model made no prediction for this run.</p>`,
  });
}
