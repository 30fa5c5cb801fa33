import type { HopReport } from "../../../runner/result/hops.ts";
import type { Result } from "../../../runner/result/result.ts";
import { type ArmView, armsWithoutEvidence, scheduledInAll, sum } from "../../view/arms.ts";
import { formatCount, plural } from "../../view/format.ts";
import { type WalkStop, walkOf } from "../../view/walk.ts";
import { HOP_WORDS, sentence, spaced, uncapitalised } from "../../view/words.ts";
import type { Say } from "../../words/attribution.ts";
import { html, type Markup } from "../markup.ts";
import { nowrap, scrollBox, section } from "./section.ts";

/** What walks, and what it is for a request to be unexplained. */
export interface WalkWords {
  readonly title: string;
  readonly caption: string;
  readonly unexplained: string;
}

/** Unless the suite says otherwise: loss is the kernel's. */
export const PACKETS_WALK: WalkWords = {
  title: "The packet’s walk",
  caption: "Drops at each hop, by the kernel’s own count, and the failed requests that the evidence puts down to it",
  unexplained: "failed, and no counter accounts for it",
};

/** The counters that moved; a hop has too many to list those that did not. */
function counters(report: HopReport | null): string {
  const entries = Object.entries(report?.counters ?? {});
  const moved = entries.filter(([, value]) => value !== 0).map(([name, value]) => `${name} ${formatCount(value)}`);
  return moved.length === 0 && entries.length > 0 ? "no counter moved" : moved.join(", ");
}

function stopRow(stop: WalkStop, arms: readonly ArmView[]): Markup {
  const { label, what } = HOP_WORDS[stop.hop];
  const lossy = stop.attributed > 0 || stop.perArm.some((report) => (report?.drops ?? 0) > 0);
  return html`
<tr class="stop ${lossy ? "lossy" : ""}" data-hop="${stop.hop}">
<th scope="row"><span class="station" aria-hidden="true"></span><span class="name">${label}</span> <span class="what">${what}</span></th>
${stop.perArm.map((report, i) => {
  const known = report !== null;
  return html`<td class="num" data-arm="${arms[i]?.label ?? ""}" data-drops="${known ? report.drops : ""}"><b class="${known && report.drops > 0 ? "lost" : ""}">${nowrap(known ? formatCount(report.drops) : "not known")}</b>${counters(report) && html`<span class="counters">${counters(report)}</span>`}</td>`;
})}
<td class="num">${formatCount(stop.attributed)}</td>
</tr>`;
}

function endRow(name: string, what: string, counts: readonly (number | null)[], failures: string): Markup {
  return html`<tr class="end"><th scope="row"><span class="station" aria-hidden="true"></span><span class="name">${name}</span> <span class="what">${what}</span></th>${counts.map((n) => html`<td class="num">${nowrap(n === null ? "–" : formatCount(n))}</td>`)}<td class="num">${failures}</td></tr>`;
}

/** Requests of the blocks that count; null where there are none. */
function totals(arms: readonly ArmView[], of: (arm: ArmView) => readonly number[]): readonly (number | null)[] {
  return arms.map((arm) => (arm.measured.length > 0 ? sum(of(arm)) : null));
}

function summary({ attribution }: Result, arms: readonly ArmView[]): string {
  const { failures, attributed, unexplained } = attribution;
  const silent = armsWithoutEvidence(arms);
  if (failures === 0)
    return scheduledInAll(arms) === 0
      ? "No valid block, so nothing is known."
      : `No request failed${silent && ` in the valid blocks; ${silent} has none`}.`;
  const rest = unexplained === 0 ? "none is unexplained" : `${formatCount(unexplained)} stay unexplained`;
  return `${plural(failures, "request")} failed: ${formatCount(attributed)} of them are put down to a hop, ${rest}.`;
}

export function walkSection(result: Result, arms: readonly ArmView[], words: WalkWords, say: Say): Markup {
  const { stops, unmeasured } = walkOf(result, arms);
  const { unexplained, evidence } = result.attribution;
  const table = html`
<table class="walk">
<caption>${words.caption}</caption>
<thead><tr><th scope="col">hop</th>${arms.map((arm) => html`<th scope="col" class="num">${arm.label}</th>`)}<th scope="col" class="num">failed requests</th></tr></thead>
<tbody>
${endRow(
  "Scheduled",
  "requests, by the load generator",
  totals(arms, (arm) => arm.measured.map((block) => block.scheduled)),
  "",
)}
${stops.map((stop) => stopRow(stop, arms))}
<tr class="unexplained" data-unexplained="${unexplained}"><th scope="row"><span class="station" aria-hidden="true"></span><span class="name">Unexplained</span> <span class="what">${words.unexplained}</span></th>${arms.map(() => html`<td class="num"></td>`)}<td class="num">${formatCount(unexplained)}</td></tr>
${endRow(
  "Answered",
  "requests that ended well",
  totals(arms, (arm) => arm.measured.map((block) => block.outcomes.ok)),
  "",
)}
</tbody></table>`;
  return section({
    id: "walk",
    title: words.title,
    lede: html`<p>${summary(result, arms)}</p>`,
    body: html`${stops.length > 0 ? scrollBox(words.title, table) : html`<p class="nothing">No hop’s counters could be read in a valid block.</p>`}
${evidence.length > 0 && html`<ul class="evidence">${evidence.map((line) => html`<li>${sentence(say(line))}</li>`)}</ul>`}
${stops.length > 0 && unmeasured.length > 0 && html`<p class="quiet">Not counted on this target, so not known: ${unmeasured.map((hop) => uncapitalised(HOP_WORDS[hop]?.label ?? spaced(hop))).join(", ")}.</p>`}`,
  });
}
