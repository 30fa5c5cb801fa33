/** Sums over all blocks that count: what became of requests on each path, and how long each led to stopped pods. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { captionedBox, nowrap } from "../../../../reports/html/sections/section.ts";
import { formatCount, formatQuantity } from "../../../../reports/view/format.ts";
import { partiesInWords } from "../view/captions.ts";
import type { ArmRollouts, PathTotals, WindowTotals } from "../view/rollouts.ts";

interface OfArm<T> {
  readonly label: string;
  readonly role: string;
  readonly totals: T | undefined;
}

interface ByPath<T> {
  readonly path: string;
  readonly arms: readonly OfArm<T>[];
}

/** Rows of a table: each path with what each arm has of it. */
function byPath<T extends { readonly path: string }>(
  all: readonly ArmRollouts[],
  of: (each: ArmRollouts) => readonly T[],
): readonly ByPath<T>[] {
  const paths = [...new Set(all.flatMap((each) => of(each).map(({ path }) => path)))];
  return paths.map((path) => ({
    path,
    arms: all.map((each) => ({
      label: each.arm.label,
      role: each.arm.role,
      totals: of(each).find((totals) => totals.path === path),
    })),
  }));
}

/** @param numeric how many columns after the first hold figures */
function headRow([first, ...heads]: readonly string[], numeric = Number.POSITIVE_INFINITY): Markup {
  return html`<tr><th scope="col">${first ?? ""}</th>${heads.map((head, i) => html`<th scope="col" class="${i + 1 < numeric ? "num" : ""}">${head}</th>`)}</tr>`;
}

/** A path's name over a row for each arm. */
function pathBody<T>(
  { path, arms }: ByPath<T>,
  remark: string,
  columns: number,
  cells: (arm: OfArm<T>) => Markup,
): Markup {
  return html`
<tbody data-path="${path}"><tr><th scope="rowgroup" colspan="${columns}"><b>${path}</b>${remark && html` <span class="what">${remark}</span>`}</th></tr>
${arms.map((arm) => html`<tr class="of-arm" data-arm="${arm.label}"><th scope="row" class="arm ${arm.role}">${arm.label}</th>${cells(arm)}</tr>`)}</tbody>`;
}

/** A count that is easily told from none. */
function tally(count: number, tone = ""): Markup {
  return html`<td class="num ${count > 0 ? tone : "quiet"}">${formatCount(count)}</td>`;
}

/** Of counts in the table of paths; one more where there are failures of other causes. */
const LEAST_COLUMNS = 11;

function pathRow({ totals }: OfArm<PathTotals>, columns: number): Markup {
  if (!totals) return html`<td colspan="${columns}" class="quiet">not run</td>`;
  const hasOther = columns > LEAST_COLUMNS;
  const { byFamily, byMethod, failed, attributed, expected } = totals;
  const methods = Object.entries(byMethod)
    .sort()
    .map(([method, n]) => `${method} ${formatCount(n)}`);
  return html`
<td class="num">${formatCount(totals.scheduled)}</td><td class="num">${formatCount(totals.ok)}</td>
${tally(byFamily["502"], "lost")}${tally(byFamily["503"], "lost")}${tally(byFamily["504"], "lost")}${tally(byFamily.connection, "lost")}${hasOther && tally(byFamily.other, "lost")}
<td class="num">${nowrap(failed === 0 ? "–" : `${formatCount(attributed)} of ${formatCount(failed)}`)}</td>
<td class="num">${expected === null ? "–" : formatCount(expected)}</td>
<td class="num">${nowrap(methods.join(", ") || "–")}</td>${tally(totals.retried)}${tally(totals.hidden)}`;
}

export function pathTable(all: readonly ArmRollouts[]): Markup {
  const hasOther = all.some(({ paths }) => paths.some(({ byFamily }) => byFamily.other > 0));
  const heads = [
    "arm",
    "scheduled",
    "ok",
    "502",
    "503",
    "504",
    "connection",
    ...(hasOther ? ["other"] : []),
    "explained",
    "expected",
    "failed by method",
    "retried",
    "hidden",
  ];
  const bodies = byPath(all, ({ paths }) => paths).map((group) => {
    const proxy = group.arms.find(({ totals }) => totals)?.totals?.proxy ?? "";
    return pathBody(group, proxy, heads.length, (arm) => pathRow(arm, heads.length - 1));
  });
  return captionedBox(
    "Requests by path and arm, over all blocks that count. Connection: reset, refused, cut short, timed out. Expected: failures by the instants of pods, rules and proxies alone. Hidden: retried by the proxy and ended well, so that no user saw the failure",
    html`<table class="paths fine"><thead>${headRow(heads)}</thead>${bodies}</table>`,
  );
}

function windowRow({ totals }: OfArm<WindowTotals>): Markup {
  if (!totals) return html`<td colspan="4" class="quiet">not seen</td>`;
  const { p50Ms, maxMs, pods, late } = totals;
  return html`<td class="num">${formatCount(pods)}</td><td class="num ${p50Ms > 0 ? "lost" : ""}">${nowrap(formatQuantity(p50Ms, "ms"))}</td><td class="num ${maxMs > 0 ? "lost" : ""}">${nowrap(formatQuantity(maxMs, "ms"))}</td><td>${late.length === 0 ? "nobody" : partiesInWords(late)}</td>`;
}

export function windowTable(all: readonly ArmRollouts[]): Markup | null {
  const groups = byPath(all, ({ windows }) => windows);
  if (groups.length === 0) return null;
  const heads = ["arm", "pods", "p50", "max", "who was late, at how many pods"];
  return captionedBox(
    "The window: how long a pod was still led to after its process had stopped, over all pods of all blocks that count (0 if it was not)",
    html`<table class="windows fine"><thead>${headRow(heads, heads.length - 1)}</thead>${groups.map((group) => pathBody(group, "", heads.length, windowRow))}</table>`,
  );
}
