import type { Result } from "../../../runner/result/result.ts";
import { reproduceCommand } from "../../view/command.ts";
import { formatTime } from "../../view/format.ts";
import { html, type Markup } from "../markup.ts";
import { factList, scrollBox, section } from "./section.ts";

export function reproduceSection(result: Result): Markup {
  return section({
    id: "reproduce",
    title: "Run it again",
    lede: html`<p>The same seed gives the same order of blocks. Every number on this page is in <a href="result.json">result.json</a>.</p>`,
    body: html`
${scrollBox("Command", html`<pre><code>${reproduceCommand(result)}</code></pre>`)}
${factList([
  { name: "packetwalk", value: result.packetwalk },
  { name: "schema version", value: String(result.schemaVersion) },
  { name: "started", value: formatTime(result.startedAt) },
  { name: "finished", value: formatTime(result.finishedAt) },
])}`,
  });
}
