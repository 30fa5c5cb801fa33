/** The first failed requests of the drawn blocks, one by one, with the reason for each. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { captionedBox, nowrap } from "../../../../reports/html/sections/section.ts";
import { formatCount, formatQuantity } from "../../../../reports/view/format.ts";
import { sentence, spaced } from "../../../../reports/view/words.ts";
import type { Attempt, FailedRequest } from "../../evidence.ts";
import type { ArmRollouts } from "../view/rollouts.ts";
import { whyWords } from "../words.ts";

const MOST_LISTED = 20;

function tried({ address, pod, status, error }: Attempt): string {
  const whom = [pod ?? address, pod !== null && address !== "" ? `(${address})` : ""].filter((part) => part !== "");
  const how = error ?? (status === null ? "no answer" : `HTTP ${status}`);
  return `${whom.join(" ") || "unknown"}: ${how}`;
}

function row(failed: FailedRequest): Markup {
  const { id, method, atMs, endMs, cause, error, upstreams } = failed;
  const why = whyWords(failed);
  return html`
<tr data-request="${id}"><td class="num">${nowrap(formatQuantity(atMs / 1000, "s"))}</td><th scope="row">${id}<span class="what">${method}</span></th>
<td>${spaced(cause)}<span class="what">after ${formatQuantity(endMs - atMs, "ms")}${error !== null && `: ${error}`}</span></td>
<td>${upstreams.length === 0 ? "not in the proxy’s log" : upstreams.map((each) => html`<span class="try">${tried(each)}</span>`)}</td>
<td class="${why === null ? "lost" : ""}">${why === null ? "Unexplained." : sentence(why)}</td></tr>`;
}

function listOf({ arm, chosen: { round, evidence } }: ArmRollouts): Markup | null {
  // What nobody could explain is what a reader has to look into.
  const sorted = [...evidence.failed].sort(
    (a, b) => Number(a.why !== null) - Number(b.why !== null) || a.atMs - b.atMs,
  );
  if (sorted.length === 0) return null;
  const shown = sorted.slice(0, MOST_LISTED);
  const heads = ["request", "its user saw", "whom the proxy tried", "why"];
  return captionedBox(
    `Failed requests of ${arm.label}, round ${round}: ${formatCount(shown.length)} of ${formatCount(evidence.failedInAll)}, the unexplained first, then by time since the load began`,
    html`<table class="failed fine"><thead><tr><th scope="col" class="num">at</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${shown.map(row)}</tbody></table>`,
  );
}

export function failedRequests(all: readonly ArmRollouts[]): Markup | null {
  const lists = all.flatMap((each) => listOf(each) ?? []);
  return lists.length === 0 ? null : html`<h3>Request by request</h3>${lists}`;
}
