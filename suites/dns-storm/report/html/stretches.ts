/** What look-ups came to while one thing after another was broken: a group of rows for each stretch, a row for each arm. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { captionedBox, nowrap } from "../../../../reports/html/sections/section.ts";
import type { ArmView } from "../../../../reports/view/arms.ts";
import { formatCount, formatQuantity, formatShare } from "../../../../reports/view/format.ts";
import type { DnsEvidence } from "../../evidence.ts";
import { type StretchGroup, type StretchView, stretchGroups } from "../view/stretches.ts";
import { armHead, numberCells } from "./cells.ts";

const HEADS = ["look-ups", "failed", "p50", "p99", "refused", "lost upstream", "throttled"];

/** Nothing where the same was broken, or nothing, during the whole storm. */
export function stretchTable(arms: readonly ArmView<DnsEvidence>[]): Markup | null {
  const groups = stretchGroups(arms);
  if (groups.length === 0) return null;
  return captionedBox(
    "The storm’s time, parted where something else was broken. Quantiles of the look-ups that ended well; refused and lost queries by the servers’ counters",
    html`<table class="stretches fine"><thead><tr><th scope="col">arm</th>${HEADS.map((head) => html`<th scope="col" class="num">${head}</th>`)}</tr></thead>${groups.map(stretchBody)}</table>`,
  );
}

function stretchBody({ fromMs, toMs, broken, arms }: StretchGroup): Markup {
  const seconds = (ms: number) => Math.round(ms / 1_000);
  const time = `${seconds(fromMs)} s to ${toMs === null ? "the end" : `${seconds(toMs)} s`}`;
  return html`<tbody><tr><th scope="rowgroup" colspan="${1 + HEADS.length}"><div class="stays">${nowrap(time)} <span class="what">${broken.join("; ") || "nothing else broken"}</span></div></th></tr>${arms.map(stretchRow)}</tbody>`;
}

function stretchRow(stretch: StretchView): Markup {
  const { arm, lookups, failures, p50Ms, p99Ms, refused, lost, throttledShare } = stretch;
  const ms = (value: number | null) => (value === null ? "–" : formatQuantity(value, "ms"));
  const cells = [
    formatCount(lookups),
    formatCount(failures),
    ms(p50Ms),
    ms(p99Ms),
    formatCount(refused),
    formatCount(lost),
    throttledShare === null ? "not read" : formatShare(throttledShare),
  ];
  return html`<tr class="of-arm" data-arm="${arm.label}">${armHead(stretch)}${numberCells(cells)}</tr>`;
}
