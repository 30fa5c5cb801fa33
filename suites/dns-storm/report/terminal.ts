/** Name resolution: queries for one look-up, counted; the DNS's CPU; failures by cause; the chain; the price. */

import type { Frame } from "../../../reports/terminal/frame.ts";
import { indented, title } from "../../../reports/terminal/sections.ts";
import { type Cell, tableLines } from "../../../reports/terminal/table.ts";
import { clip, labelled, wrap } from "../../../reports/terminal/text.ts";
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import { sentence } from "../../../reports/view/words.ts";
import type { StormEvidence } from "../evidence.ts";
import { NAME_KINDS, RESOLVERS } from "../result/resolvers.ts";
import { CAUSE_WORDS, KIND_WORDS, RESOLVER_WORDS } from "./labels.ts";
import { type ArmDns, armDns, pricesOf } from "./view/dns.ts";
import { chainInWords, priceInWords, rawInWords } from "./view/phrases.ts";

const ARM_COLUMN = 16;
const LABEL = 7;
const MOST_PRICES = 4;

export function terminal(frame: Frame<StormEvidence>): readonly string[] {
  const { arms, palette, width } = frame;
  const heading = ["", title("What a look-up costs", frame)];
  const all = armDns(arms);
  if (all.length === 0) return [...heading, "  No valid block, so nothing was counted."];
  const prices = pricesOf(all).map(priceInWords);
  const more = prices.length - MOST_PRICES;
  return [
    ...heading,
    ...indented(counts(frame, all)),
    ...all.flatMap((each) => indented(wrap(armLine(each), width - 2))),
    ...prices
      .slice(0, MOST_PRICES)
      .flatMap((line, i) => indented(labelled(i === 0 ? "price" : "", sentence(line), LABEL, width - 2))),
    ...(more > 0 ? [palette.dim(`  ${" ".repeat(LABEL)}and ${formatCount(more)} more in the report`)] : []),
  ];
}

/** Queries by kind of name: one column an arm and resolver, and a mark where a count is not as predicted. */
function counts({ palette, width }: Frame<StormEvidence>, all: readonly ArmDns[]): readonly string[] {
  const cells = all.flatMap(({ counted }) => counted);
  const kinds = NAME_KINDS.filter((each) => cells.some(({ kind }) => kind === each));
  const resolvers = RESOLVERS.filter((each) => cells.some(({ resolver }) => resolver === each));
  if (kinds.length === 0) return [];
  const head = ["queries, counted", ...resolvers.map((resolver) => RESOLVER_WORDS[resolver])];
  const rows = kinds.map((kind): readonly Cell[] => [
    { text: KIND_WORDS[kind] },
    ...resolvers.map((resolver) => ({
      text: all
        .map(({ counted }) => countOf(counted.find((cell) => cell.kind === kind && cell.resolver === resolver)))
        .join(" → "),
    })),
  ]);
  const shape = head.map((_, i) => ({ align: i === 0 ? ("left" as const) : ("right" as const), flexible: i === 0 }));
  const off = cells.filter(({ agrees }) => !agrees).length;
  const agreement =
    off === 0
      ? `Each of ${formatCount(cells.length)} counts is exactly as predicted.`
      : `! ${plural(off, "count")} of ${formatCount(cells.length)} ${off === 1 ? "is" : "are"} not as predicted; the report says why.`;
  const order = all.map(({ arm }) => clip(arm.label, ARM_COLUMN)).join(" → ");
  return [
    palette.dim(order),
    ...tableLines(shape, [head.map((text) => ({ text, paint: palette.dim })), ...rows], width - 2),
    ...wrap(agreement, width - 2),
  ];
}

function countOf(cell: ArmDns["counted"][number] | undefined): string {
  if (!cell) return "–";
  const lost = cell.end !== (cell.kind === "missing" ? "dns-nxdomain" : "ok");
  return `${formatQuantity(cell.counted, "")}${cell.agrees ? "" : "!"}${lost ? " lost" : ""}`;
}

/** "baseline: the DNS uses 0.21 ms of CPU a look-up; 40 failed: 40 max_concurrent refused. Chain of 20: … Raw rate: …" */
function armLine({ arm, servers, latency, failures, causes, chain, raw }: ArmDns): string {
  const cpuMs = servers.reduce((total, server) => total + 1_000 * server.cpuSeconds, 0);
  const lookups = Math.max(0, ...servers.map((server) => server.lookups));
  const stalls = latency.reduce((total, each) => total + each.stalls, 0);
  const parts = [
    ...(lookups > 0 ? [`the DNS uses ${formatQuantity(cpuMs / lookups, "ms")} of CPU a look-up`] : []),
    ...(stalls > 0 ? [`${plural(stalls, "look-up")} waited for 5 s`] : []),
    failures === 0
      ? "none failed"
      : `${formatCount(failures)} failed: ${causes.map(({ cause, failures: n }) => `${formatCount(n)} ${CAUSE_WORDS[cause]}`).join(", ")}`,
  ];
  const sentences = [
    `${arm.label}: ${parts.join("; ")}.`,
    ...(chain ? [`Chain of ${chain.depth}: ${chainInWords(chain)}.`] : []),
    ...(raw ? [`Raw rate: ${rawInWords(raw)}.`] : []),
  ];
  return sentences.join(" ");
}
