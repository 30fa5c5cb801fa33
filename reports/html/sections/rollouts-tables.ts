/** Sums over all blocks that count: what became of requests on each path, and how long each led to stopped pods. */
import { formatCount, formatQuantity } from "../../view/format.ts";
import { partiesInWords } from "../../view/rollout-words.ts";
import type { ArmRollouts, PathTotals, WindowTotals } from "../../view/rollouts.ts";
import { html, type Markup } from "../markup.ts";
import { captionedBox, nowrap } from "./section.ts";

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

/** A count that is easily told from none. */
function tally(count: number, tone = ""): Markup {
  return html`<td class="num ${count > 0 ? tone : "quiet"}">${formatCount(count)}</td>`;
}

function pathRow({ totals }: OfArm<PathTotals>, hasOther: boolean): Markup {
  if (!totals) return html`<td colspan="${hasOther ? 12 : 11}">not run</td>`;
  const { byFamily, byMethod, failed, attributed, expected } = totals;
  const methods = Object.entries(byMethod).map(([method, n]) => `${method} ${formatCount(n)}`);
  return html`
<td class="num">${formatCount(totals.scheduled)}</td><td class="num">${formatCount(totals.ok)}</td>
${tally(byFamily["502"], "lost")}${tally(byFamily["503"], "lost")}${tally(byFamily["504"], "lost")}${tally(byFamily.connection, "lost")}${hasOther && tally(byFamily.other, "lost")}
<td class="num">${nowrap(failed === 0 ? "–" : `${formatCount(attributed)} of ${formatCount(failed)}`)}</td>
<td class="num">${expected === null ? "–" : formatCount(expected)}</td>
<td class="num">${nowrap(methods.join(", ") || "–")}</td>${tally(totals.retried)}${tally(totals.hidden)}`;
}

export function pathTable(all: readonly ArmRollouts[]): Markup {
  const hasOther = all.some(({ paths }) => paths.some(({ byFamily }) => byFamily.other > 0));
  const rows = byPath(all, ({ paths }) => paths).map(({ path, arms }) => {
    const proxy = arms.find(({ totals }) => totals)?.totals?.proxy ?? "";
    return html`<tbody data-path="${path}">${arms.map(
      (arm, i) =>
        html`<tr data-arm="${arm.label}">${i === 0 && html`<th scope="rowgroup" rowspan="${arms.length}"><b>${path}</b><span class="what">${proxy}</span></th>`}<th scope="row" class="${arm.role}">${arm.label}</th>${pathRow(arm, hasOther)}</tr>`,
    )}</tbody>`;
  });
  const heads = [
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
  return captionedBox(
    "Requests by path and arm, over all blocks that count. Connection: reset, refused, cut short, timed out. Expected: failures by the instants of pods, rules and proxies alone. Hidden: retried by the proxy and ended well, so that no user saw the failure",
    html`<table class="paths fine"><thead><tr><th scope="col">path</th><th scope="col">arm</th>${heads.map((head) => html`<th scope="col" class="num">${head}</th>`)}</tr></thead>${rows}</table>`,
  );
}

function windowRow({ totals }: OfArm<WindowTotals>): Markup {
  if (!totals) return html`<td colspan="4" class="quiet">not seen</td>`;
  const { p50Ms, maxMs, pods, late } = totals;
  return html`<td class="num">${formatCount(pods)}</td><td class="num ${p50Ms > 0 ? "lost" : ""}">${nowrap(formatQuantity(p50Ms, "ms"))}</td><td class="num ${maxMs > 0 ? "lost" : ""}">${nowrap(formatQuantity(maxMs, "ms"))}</td><td>${late.length === 0 ? "nobody" : partiesInWords(late)}</td>`;
}

export function windowTable(all: readonly ArmRollouts[]): Markup | null {
  const rows = byPath(all, ({ windows }) => windows).map(
    ({ path, arms }) =>
      html`<tbody data-path="${path}">${arms.map(
        (arm, i) =>
          html`<tr data-arm="${arm.label}">${i === 0 && html`<th scope="rowgroup" rowspan="${arms.length}"><b>${path}</b></th>`}<th scope="row" class="${arm.role}">${arm.label}</th>${windowRow(arm)}</tr>`,
      )}</tbody>`,
  );
  if (rows.length === 0) return null;
  return captionedBox(
    "The window: how long a pod was still led to after its process had stopped, over all pods of all blocks that count (0 if it was not)",
    html`<table class="windows fine"><thead><tr><th scope="col">path</th><th scope="col">arm</th><th scope="col" class="num">pods</th><th scope="col" class="num">p50</th><th scope="col" class="num">max</th><th scope="col">who was late, at how many pods</th></tr></thead>${rows}</table>`,
  );
}
