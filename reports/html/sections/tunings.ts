import type { Result } from "../../../runner/result/result.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import { ARRIVALS, SCOPES, sentence } from "../../view/words.ts";
import { html, type Markup } from "../markup.ts";
import { scrollBox, section } from "./section.ts";

/** More places than this are folded away; those that differ are what the reader needs. */
const MOST_OPEN = 6;

/** Of one setting, wherever it was read. */
export function readBackTable({
  setting,
  arrival,
  readBacks,
}: Pick<TuningReport, "setting" | "arrival" | "readBacks">): Markup {
  // "Arrived" means: wherever it has to act. A place that differs all the same is one where it need not.
  const [tone, differs] = arrival === "arrived" ? ["elsewhere", "– not needed here"] : ["differs", "✗ differs"];
  const rows = readBacks.map(({ where, wanted, got }) => {
    const same = wanted === got;
    return html`<tr class="${same ? "same" : tone}"><th scope="row">${where}</th><td><code>${wanted}</code></td><td><code>${got}</code></td><td>${same ? "✓ as wanted" : differs}</td></tr>`;
  });
  return scrollBox(
    `Read-backs of ${setting}`,
    html`<table class="readbacks fine"><caption class="hidden">Read-backs of ${setting}</caption><thead><tr><th scope="col">read in</th><th scope="col">wanted</th><th scope="col">got</th><th scope="col">as wanted</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function tuningItem(tuning: TuningReport): Markup {
  const { word, sign } = ARRIVALS[tuning.arrival];
  const many = tuning.readBacks.length > MOST_OPEN;
  return html`
<li class="tuning" data-tuning="${tuning.name}">
<div>
<h3><code>${tuning.setting}</code></h3>
<p class="arrival ${tuning.arrival}">${sign} ${word}</p>
<p>Set in ${SCOPES[tuning.scope]}; has to act in: ${tuning.actsIn}.</p>
${tuning.note && html`<p class="quiet">${sentence(tuning.note)}</p>`}
${tuning.failed && html`<p class="quiet">${sentence(`on ${tuning.failed.where} the write failed: ${tuning.failed.because}`)}</p>`}
</div>
<div>
${
  tuning.readBacks.length === 0
    ? html`<p class="quiet">Not read back anywhere.</p>`
    : many
      ? html`<details><summary>${tuning.readBacks.length} read-backs</summary>${readBackTable(tuning)}</details>`
      : readBackTable(tuning)
}
</div>
</li>`;
}

export function tuningsSection(result: Result): Markup {
  const onNodes = result.tunings.some(({ scope }) => scope === "kernel" || scope === "node");
  return section({
    id: "tunings",
    title: "Did the tunings arrive?",
    lede: html`<p>Each setting is read back where it has to act.${onNodes && " A new network namespace starts from the kernel’s constants: what is set on a node does not reach its pods."}</p>`,
    body:
      result.tunings.length > 0
        ? html`<ul class="tunings">${result.tunings.map(tuningItem)}</ul>`
        : html`<p class="nothing">No arm of this run changes a setting.</p>`,
  });
}
