/** Name resolution: what a look-up costs in queries, what it makes its user wait, and what the DNS spends on it. */

import { renderChart } from "../../../../reports/html/charts/chart.ts";
import { html, type Markup } from "../../../../reports/html/markup.ts";
import { section } from "../../../../reports/html/sections/section.ts";
import type { ArmView } from "../../../../reports/view/arms.ts";
import { plural } from "../../../../reports/view/format.ts";
import { sentence } from "../../../../reports/view/words.ts";
import type { Result } from "../../../../runner/result/result.ts";
import type { DnsEvidence, StormEvidence } from "../../evidence.ts";
import { RESOLVER_WORDS } from "../labels.ts";
import { type ArmDns, armDns, pricesOf } from "../view/dns.ts";
import { chainInWords, priceInWords } from "../view/phrases.ts";
import { dnsChainChart } from "./chain-chart.ts";
import { dnsLatencyChart } from "./latency-chart.ts";
import { stretchTable } from "./stretches.ts";
import { causeTable, queryTable, rawTable, serverTable } from "./tables.ts";

export function dnsSection(result: Result<StormEvidence>, arms: readonly ArmView<DnsEvidence>[]): Markup {
  const all = armDns(arms);
  return section({
    id: "dns",
    title: "Name resolution",
    lede: html`<p>A resolver tries a short name with each suffix of its search list, for A and for AAAA, until one is found. How often it asks follows from its resolv.conf and its libc’s rules, and was counted: one name at a time, with nothing else under way.</p>`,
    body:
      all.length === 0
        ? html`<p class="nothing">No valid block, so nothing was counted.</p>`
        : html`
${queryTable(all)}
${disagreements(all)}
${prices(result, all)}
${latency(all)}
${stretchTable(arms)}
${serverTable(all)}
${rawTable(all)}
${causeTable(all)}
${chain(all)}
${remarks(all)}`,
  });
}

function disagreements(all: readonly ArmDns[]): Markup {
  const off = all.flatMap(({ arm, counted }) =>
    counted.flatMap(({ name, resolver, whyNot }) =>
      whyNot.map((why) => `${arm.label}, ${name} with ${RESOLVER_WORDS[resolver]}: ${why}`),
    ),
  );
  if (off.length === 0) return html`<p class="agreement">Every count agrees exactly with the prediction.</p>`;
  return html`<div class="disagreements"><h3>Where a count is not as predicted</h3><ul class="evidence">${off.map((line) => html`<li>${sentence(line)}</li>`)}</ul></div>`;
}

/** What the tuned arm costs: names with more queries, names that are lost, options that a libc passes over. */
function prices({ tunings }: Result<StormEvidence>, all: readonly ArmDns[]): Markup {
  const lines = [
    ...pricesOf(all).map(priceInWords),
    ...tunings
      .filter(({ arrival }) => arrival === "never-arrived" || arrival === "partly")
      .map(
        ({ setting, actsIn, arrival, note }) =>
          `${arrival === "partly" ? "partly heeded" : "not heeded"} by ${actsIn}: ${setting}; ${note}`,
      ),
  ];
  return html`<div class="prices"><h3>The price</h3>${
    lines.length === 0
      ? html`<p class="nothing">No name costs more queries in the tuned arm, and every option was heeded.</p>`
      : html`<ul class="evidence">${lines.map((line) => html`<li>${sentence(line)}</li>`)}</ul>`
  }</div>`;
}

function latency(all: readonly ArmDns[]): Markup | null {
  const chart = dnsLatencyChart(all);
  if (!chart) return null;
  return html`<figure><h3>How long look-ups took</h3>${renderChart(chart)}<figcaption>All look-ups of all blocks that count, failed ones with their full wait. Dotted: 5 s, a resolver’s timeout, for which a look-up waits that lost a packet.</figcaption></figure>`;
}

function chain(all: readonly ArmDns[]): Markup | null {
  const chart = dnsChainChart(all);
  if (!chart) return null;
  const lines = all.flatMap(({ arm, chain }) =>
    chain
      ? [
          `${arm.label}: ${plural(chain.requests, "request")} through ${plural(chain.depth, "hop")}, ${chain.failed === 0 ? "none failed" : `${plural(chain.failed, "request")} failed`}; ${chainInWords(chain)}`,
        ]
      : [],
  );
  return html`<figure><h3>The chain of services</h3><ul class="evidence">${lines.map((line) => html`<li>${line}.</li>`)}</ul>${renderChart(chart)}</figure>`;
}

function remarks(all: readonly ArmDns[]): Markup | null {
  const faults = [...new Set(all.flatMap((each) => each.faults))];
  const unseen = [...new Set(all.flatMap((each) => each.unseen))];
  if (faults.length + unseen.length === 0) return null;
  const list = (title: string, lines: readonly string[]) =>
    lines.length > 0 &&
    html`<div><h3>${title}</h3><ul class="evidence">${lines.map((line) => html`<li>${sentence(line)}</li>`)}</ul></div>`;
  return html`${list("Broken on purpose", faults)}${list("Not seen", unseen)}`;
}
