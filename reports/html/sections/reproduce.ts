import type { Result } from "../../../runner/result/result.ts";
import type { Target } from "../../../runner/result/target.ts";
import type { ArmView } from "../../view/arms.ts";
import { reproduceCommand } from "../../view/command.ts";
import { formatTime } from "../../view/format.ts";
import { untoldOf } from "../../words/untold.ts";
import { html, type Markup } from "../markup.ts";
import { factList, scrollBox, section } from "./section.ts";

export function reproduceSection(result: Result, arms: readonly ArmView[]): Markup {
  const untold = untoldOf(result, arms);
  const ofTarget = (of: (target: Target) => string) =>
    result.targets === undefined
      ? of(result.target)
      : `${of(result.targets.baseline)} (A), ${of(result.targets.tuned)} (B)`;
  return section({
    id: "reproduce",
    title: "What the run could not tell, and how to repeat it",
    lede: html`<p>The same seed gives the same order of blocks. Every number on this page is in <a href="result.json">result.json</a>.</p>`,
    body: html`
<div><h3>What the run could not tell</h3>${
      untold.length > 0
        ? html`<ul class="evidence untold">${untold.map((line) => html`<li>${line}</li>`)}</ul>`
        : html`<p class="quiet">Every metric was told, every failure explained, and every setting read back.</p>`
    }</div>
<h3>How to repeat it</h3>
${scrollBox("Command", html`<pre><code>${reproduceCommand(result)}</code></pre>`)}
${factList([
  { name: "seed", value: String(result.seed) },
  { name: "packetwalk", value: result.packetwalk },
  { name: "schema version", value: String(result.schemaVersion) },
  { name: "Kubernetes", value: ofTarget(({ kubernetes }) => kubernetes) },
  { name: "kernel", value: ofTarget(({ kernel }) => kernel) },
  { name: "engine", value: result.load.engine },
  { name: "started", value: formatTime(result.startedAt) },
  { name: "finished", value: formatTime(result.finishedAt) },
])}`,
  });
}
