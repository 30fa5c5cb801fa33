import type { Result } from "../../../runner/result/result.ts";
import type { WorkloadTry } from "../../../runner/result/workload.ts";
import { ARRIVALS, sentence } from "../../view/words.ts";
import { workloadWords } from "../../words/workload.ts";
import { html, type Markup } from "../markup.ts";
import { section } from "./section.ts";
import { readBackTable } from "./tunings.ts";

function tuningItem(tuning: WorkloadTry["tunings"][number]): Markup {
  const { word, sign } = ARRIVALS[tuning.arrival];
  return html`
<li class="tuning" data-tried="${tuning.name}">
<div>
<h3><code>${tuning.setting}</code></h3>
<p class="arrival ${tuning.arrival}">${sign} ${word}</p>
${tuning.because && html`<p class="quiet">${sentence(tuning.because)}</p>`}
</div>
<div>
${tuning.readBacks.length > 0 ? readBackTable(tuning) : html`<p class="quiet">Not read back there.</p>`}
</div>
</li>`;
}

/** Only where a workload of the user's was named. */
export function workloadSection({ workload }: Result): Markup | null {
  if (workload === undefined) return null;
  const { kind, namespace, name, container, tunings } = workload;
  return section({
    id: "workload",
    title: "On your own workload",
    lede: html`<p>${kind} <code>${namespace}/${name}</code>, container <code>${container}</code>. ${workloadWords(workload)}</p>`,
    body: html`<ul class="tunings">${tunings.map(tuningItem)}</ul>`,
  });
}
