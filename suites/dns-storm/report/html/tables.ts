/** The tables of name resolution: a group of rows for each thing, a row for each arm. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { captionedBox, nowrap } from "../../../../reports/html/sections/section.ts";
import { sum } from "../../../../reports/view/arms.ts";
import { formatCount, formatQuantity, formatShare } from "../../../../reports/view/format.ts";
import { sentence } from "../../../../reports/view/words.ts";
import { NAME_KINDS, RESOLVERS } from "../../result/resolvers.ts";
import { CAUSE_WORDS, endWord, KIND_WORDS, RESOLVER_WORDS, ROLE_WORDS } from "../labels.ts";
import type { ArmDns, CauseView, CountedCell, RawView, ServerView } from "../view/dns.ts";
import { armHead, numberCells } from "./cells.ts";

/** The counts of both sides of the comparison, for each resolver and kind of name. */
export function queryTable(all: readonly ArmDns[]): Markup | null {
  const resolvers = RESOLVERS.filter((each) =>
    all.some(({ counted }) => counted.some(({ resolver }) => resolver === each)),
  );
  const kinds = NAME_KINDS.filter((each) => all.some(({ counted }) => counted.some(({ kind }) => kind === each)));
  if (kinds.length === 0) return null;
  const columns = 1 + 2 * resolvers.length;
  const bodies = kinds.map((kind) => {
    const rows = all.map((each) => {
      const own = each.counted.filter((cell) => cell.kind === kind);
      const cells = resolvers.map((resolver) => queryCells(own.find((cell) => cell.resolver === resolver)));
      return html`<tr class="of-arm" data-arm="${each.arm.label}">${armHead(each)}${cells}</tr>`;
    });
    const names = [
      ...new Set(all.flatMap(({ counted }) => counted.filter((cell) => cell.kind === kind).map(({ name }) => name))),
    ];
    return html`<tbody data-kind="${kind}"><tr><th scope="rowgroup" colspan="${columns}"><code>${names.join(" / ")}</code> <span class="what">${KIND_WORDS[kind]}</span></th></tr>${rows}</tbody>`;
  });
  return captionedBox(
    "Queries that one look-up leads to, A and AAAA together: predicted from resolv.conf, and counted at the DNS",
    html`<table class="queries fine"><thead>
<tr><th scope="col" rowspan="2">arm</th>${resolvers.map((resolver) => html`<th scope="colgroup" colspan="2" class="num">${RESOLVER_WORDS[resolver]}</th>`)}</tr>
<tr>${resolvers.map(() => html`<th scope="col" class="num">predicted</th><th scope="col" class="num">counted</th>`)}</tr>
</thead>${bodies}</table>`,
  );
}

function queryCells(cell: CountedCell | undefined): Markup {
  if (!cell) return html`<td class="num quiet">–</td><td class="num quiet">–</td>`;
  const { predicted, counted, agrees, end, kind, resolver } = cell;
  const lost = end !== (kind === "missing" ? "dns-nxdomain" : "ok");
  return html`<td class="num quiet">${formatQuantity(predicted, "")}</td>
<td class="num" data-resolver="${resolver}"><b>${formatQuantity(counted, "")}</b> ${agrees ? html`<span class="agrees" title="as predicted">✓</span>` : html`<span class="lost" title="not as predicted">✗</span>`}${lost && html` <span class="lost end">${endWord(end)}</span>`}</td>`;
}

export function serverTable(all: readonly ArmDns[]): Markup | null {
  const rows = all.flatMap((each) =>
    each.servers.map(
      (server) => html`
<tr data-server="${server.role}" data-arm="${each.arm.label}">${armHead(each)}<td>${ROLE_WORDS[server.role]}${server.restarted && html` <span class="what">restarted: counts are a part</span>`}</td>${serverCells(server)}</tr>`,
    ),
  );
  if (rows.length === 0) return null;
  const heads = [
    "servers",
    "queries per look-up",
    "NXDOMAIN",
    "from cache",
    "sent on",
    "refused",
    "CPU per look-up",
    "cores",
    "throttled",
  ];
  return captionedBox(
    "The DNS servers’ own counters under load, over all blocks that count",
    html`<table class="servers fine"><thead><tr><th scope="col">arm</th><th scope="col">server</th>${heads.map((head) => html`<th scope="col" class="num">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function serverCells(server: ServerView): Markup {
  const { pods, lookups, queries, nxdomain, hits, forwarded, rejects, cpuSeconds, seconds, throttledSeconds } = server;
  const ofQueries = (count: number) => (queries === 0 ? "–" : formatShare(Math.min(1, count / queries)));
  const perLookup = (value: number, unit: string) => (lookups === 0 ? "–" : formatQuantity(value / lookups, unit));
  const cells = [
    formatQuantity(pods, ""),
    perLookup(queries, ""),
    ofQueries(nxdomain),
    ofQueries(hits),
    formatCount(forwarded),
    formatCount(rejects),
    perLookup(1_000 * cpuSeconds, "ms"),
    // Seconds of all servers together: CPU seconds of as many.
    seconds === 0 ? "–" : formatQuantity((cpuSeconds / seconds) * pods, ""),
    throttledSeconds === null ? "not read" : formatShare(seconds === 0 ? 0 : throttledSeconds / seconds),
  ];
  return numberCells(cells);
}

/** Nothing where dnsperf could not run: that is among what was not seen. */
export function rawTable(all: readonly ArmDns[]): Markup | null {
  const rows = all.flatMap((each) => (each.raw ? [rawRow(each, each.raw)] : []));
  if (rows.length === 0) return null;
  const heads = ["answers/s", "queries per look-up", "look-ups/s", "CPU for 1,000 answers", "lost", "blocks"];
  return captionedBox(
    "Raw rate: dnsperf asked the storm’s queries afterwards, as fast as the DNS answered, with the upstream in order. Medians of the blocks",
    html`<table class="raw-rate fine"><thead><tr><th scope="col">arm</th>${heads.map((head) => html`<th scope="col" class="num">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function rawRow(each: ArmDns, raw: RawView): Markup {
  const cells = [
    formatCount(raw.answersPerSecond),
    formatQuantity(raw.queriesPerLookup, ""),
    formatCount(raw.lookupsPerSecond),
    formatQuantity(raw.cpuMsPer1000, "ms"),
    raw.lost === 0 ? "none" : `${formatCount(raw.lost)} of ${formatCount(raw.sent)}`,
    formatCount(raw.blocks),
  ];
  return html`<tr data-arm="${each.arm.label}">${armHead(each)}${numberCells(cells)}</tr>`;
}

export function causeTable(all: readonly ArmDns[]): Markup {
  const failures = sum(all.map((each) => each.failures));
  if (failures === 0) {
    return html`<div><h3>Failed look-ups</h3><p class="nothing">None: every name ended as it deserves. That a missing name is said to be missing is not a failure.</p></div>`;
  }
  const rows = all.flatMap((each) => each.causes.map((cause) => causeRow(each, cause)));
  return captionedBox(
    "Failed look-ups and what accounts for them. That a missing name is said to be missing is not a failure",
    html`<table class="dns-causes fine"><thead><tr><th scope="col">arm</th><th scope="col">cause</th><th scope="col" class="num">look-ups</th><th scope="col">seen as</th><th scope="col">how that is known</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function causeRow(each: ArmDns, { cause, outcomes, failures, why }: CauseView): Markup {
  const seen = outcomes.map(
    ({ outcome, failures: n }) => html`<li>${nowrap(`${endWord(outcome)} ${formatCount(n)}`)}</li>`,
  );
  return html`<tr data-cause="${cause}" data-arm="${each.arm.label}">${armHead(each)}<td>${CAUSE_WORDS[cause]}</td><td class="num">${formatCount(failures)}</td><td>${seen.length === 0 ? "–" : html`<ul>${seen}</ul>`}</td><td class="note">${sentence(why)}</td></tr>`;
}
