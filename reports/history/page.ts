/** One self-contained page of a history: each metric's series, with its gaps, and where it changed. */
import { readFileSync } from "node:fs";
import type { Group, Series } from "../../runner/analysis/history/series.ts";
import { htmlDocument, sheet } from "../html/document.ts";
import { html, type Markup } from "../html/markup.ts";
import { section } from "../html/sections/section.ts";
import { plural } from "../view/format.ts";
import { trendChart } from "./trend.ts";
import {
  changedWords,
  changeWords,
  clusterWords,
  day,
  groupWords,
  type History,
  missingWords,
  silenceWords,
  tooFewWords,
} from "./words.ts";

const own = readFileSync(new URL("history.css", import.meta.url), "utf8");
const STYLES = [...["base", "section", "table", "chart"].map(sheet), own];

export function historyPage({ packetwalk, store, groups }: History): string {
  return htmlDocument({
    title: "History · packetwalk",
    madeBy: packetwalk,
    styles: STYLES,
    band: html`
<header class="band">
<div class="wrap">
<p><strong>packetwalk</strong> history of ${store}</p>
<h1>${answer(groups)}</h1>
</div>
</header>`,
    sections: groups.map(groupSection),
  });
}

/** What of all that is followed changed last. */
function answer(groups: readonly Group[]): string {
  const latest = groups
    .flatMap(({ suite, series }) => series.flatMap((each) => each.changes.map((change) => ({ suite, each, change }))))
    .filter(({ each, change }) => each.decides && change.matters)
    .sort((a, b) => b.change.at.localeCompare(a.change.at))[0];
  if (groups.length === 0) return "There are no results";
  if (latest === undefined) return "No metric that decides has changed for good";
  const { suite, each, change } = latest;
  return `Last change: ${each.metric} of ${each.arm} in ${suite} became ${change.direction} on ${day(change.at)}`;
}

function groupSection(group: Group, index: number): Markup {
  const silence = silenceWords(group);
  return section({
    id: `group-${index + 1}`,
    title: groupWords(group),
    lede: html`<p>${clusterWords(group.cluster)}</p>${silence !== null && html`<p>${silence}.</p>`}<p>A dot is a night, the line at it by how much two blocks of one arm typically differed. The line breaks where a value is missing; dashes mark a change.</p>`,
    body: group.series.map((series, i) => seriesFigure(series, group, `trend-${index + 1}-${i + 1}`)),
  });
}

function seriesFigure(series: Series, group: Group, id: string): Markup {
  const { metric, arm, unit, points, changes } = series;
  const notes = [tooFewWords(series), missingWords(series)].flatMap((note) => (note === null ? [] : [note]));
  return html`
<figure class="trend" data-metric="${metric}" data-arm="${arm}">
<h3>${metric}, ${arm} <span class="quiet">${plural(points.length, "night")}${notes.map((note) => `; ${note}`)}</span></h3>
${points.length === 0 ? html`<p class="nothing">No night has a value.</p>` : trendChart(series, group, id)}
${
  changes.length > 0 &&
  html`<ul class="changes">${changes.map(
    (change) =>
      html`<li class="${change.matters ? change.direction : "slight"}"><strong>${day(change.at)}</strong> ${changeWords(change, unit)}. <span class="quiet">That night: ${changedWords(change.changed)}.</span></li>`,
  )}</ul>`
}
</figure>`;
}
