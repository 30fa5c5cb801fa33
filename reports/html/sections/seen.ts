import type { Result } from "../../../runner/result/result.ts";
import type { ArmView } from "../../view/arms.ts";
import { formatCount } from "../../view/format.ts";
import { hasAnswer } from "../../view/overall.ts";
import { rangeWords, seenOf } from "../../view/seen.ts";
import { spaced } from "../../view/words.ts";
import { html, type Markup } from "../markup.ts";
import { nowrap, scrollBox, section } from "./section.ts";

const MOST_CAUSES = 5;

/** Only of a run without an answer: what its blocks saw all the same, those that do not count included. */
export function seenSection(result: Result, arms: readonly ArmView[]): Markup | null {
  if (hasAnswer(result.verdict)) return null;
  return section({
    id: "seen",
    title: "What was seen all the same",
    lede: html`<p>No evidence for a verdict, so it is in grey, as is all that is drawn of this run. Blocks that do not count are included.</p>`,
    body: scrollBox(
      "What was seen",
      html`<table class="seen"><caption>Each arm’s blocks, the warm-up left out; latencies are the lowest and the highest block’s</caption>
<thead><tr><th scope="col">arm</th><th scope="col" class="num">blocks that count</th><th scope="col" class="num">scheduled</th><th scope="col" class="num">failed</th><th scope="col">by cause</th><th scope="col" class="num">p50 of blocks</th><th scope="col" class="num">p99 of blocks</th></tr></thead>
<tbody>${arms.map(row)}</tbody></table>`,
    ),
  });
}

function row(arm: ArmView): Markup {
  const { blocks, valid, scheduled, failed, causes, p50Ms, p99Ms } = seenOf(arm);
  const count = (value: number) => (blocks === 0 ? "–" : formatCount(value));
  const shown = causes.slice(0, MOST_CAUSES).map((each) => `${formatCount(each.count)} × ${spaced(each.cause)}`);
  const more = causes.length - shown.length;
  const words = [...shown, ...(more > 0 ? [`${more} more causes`] : [])].join(", ") || "–";
  return html`<tr data-seen="${arm.label}"><th scope="row">${arm.label}</th><td class="num">${valid} of ${blocks}</td><td class="num">${count(scheduled)}</td><td class="num">${count(failed)}</td><td>${words}</td><td class="num">${nowrap(rangeWords(p50Ms))}</td><td class="num">${nowrap(rangeWords(p99Ms))}</td></tr>`;
}
