/** The report's name resolution in a real browser: what it shows is what the result says. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { armViews } from "../../reports/view/arms.ts";
import { armDns } from "../../suites/dns-storm/report/view/dns.ts";
import { stretchGroups } from "../../suites/dns-storm/report/view/stretches.ts";
import { dnsResult, doubtfulDnsResult } from "../unit/suites/dns-storm/report/fixture.ts";
import { charts, contrasts, LEAST_CONTRAST, overflowing } from "./inspect.ts";
import { DESKTOP, type OpenReport, PHONE, reportPages } from "./report-page.ts";

const openReport = reportPages();
let page: Page;

async function open(...report: Parameters<OpenReport>): Promise<void> {
  page = await openReport(...report);
}

describe.each([
  ["dns", dnsResult()],
  ["dns in doubt", doubtfulDnsResult()],
])("%s", (_, result) => {
  const all = armDns(armViews(result));

  test("each count of each arm, resolver and kind of name is shown, with whether it agrees", async () => {
    await open(result, DESKTOP);
    const shown = await page.$$eval("#dns .queries td[data-resolver]", (cells) =>
      cells.map((cell) => {
        const of = (selector: string, name: string) => cell.closest(selector)?.getAttribute(name);
        const agrees = cell.querySelector(".agrees") ? "agrees" : "differs";
        return `${of("tbody", "data-kind")} ${of("tr", "data-arm")} ${cell.getAttribute("data-resolver")} ${cell.querySelector("b")?.textContent} ${agrees}`;
      }),
    );
    const wanted = all.flatMap(({ arm, counted }) =>
      counted.map(
        ({ kind, resolver, counted: queries, agrees }) =>
          `${kind} ${arm.label} ${resolver} ${Number(queries.toFixed(2))} ${agrees ? "agrees" : "differs"}`,
      ),
    );
    expect(shown.sort()).toEqual(wanted.sort());
  });

  test("every cause of failures has its row, the unexplained ones too", async () => {
    await open(result, DESKTOP);
    const shown = await page.$$eval("#dns tr[data-cause]", (rows) =>
      rows.map(
        (row) =>
          `${row.getAttribute("data-arm")} ${row.getAttribute("data-cause")} ${row.querySelector(".num")?.textContent}`,
      ),
    );
    const wanted = all.flatMap(({ arm, causes }) =>
      causes.map(({ cause, failures }) => `${arm.label} ${cause} ${failures.toLocaleString("en-US")}`),
    );
    expect(shown.sort()).toEqual(wanted.sort());
  });

  test("each stretch of the storm has a row for each arm", async () => {
    await open(result, DESKTOP);
    const rows = await page.$$eval("#dns table.stretches tr[data-arm]", (all) => all.length);
    const groups = stretchGroups(armViews(result));
    expect(rows).toBe(groups.reduce((total, { arms }) => total + arms.length, 0));
  });

  test("the raw rate of each arm that has one is shown", async () => {
    await open(result, DESKTOP);
    const shown = await page.$$eval("#dns .raw-rate tbody tr", (rows) =>
      rows.map((row) => {
        const cells = [...row.querySelectorAll("td")].map((cell) => cell.textContent);
        return `${row.getAttribute("data-arm")}: ${cells.join(" | ")}`;
      }),
    );
    const rounded = (value: number) => Math.round(value).toLocaleString("en-US");
    const wanted = all.flatMap(({ arm, raw }) =>
      raw
        ? [
            `${arm.label}: ${rounded(raw.answersPerSecond)} | ${Number(raw.queriesPerLookup.toFixed(2))} | ${rounded(raw.lookupsPerSecond)} | ${Number(raw.cpuMsPer1000.toFixed(1))} ms | none | ${raw.blocks}`,
          ]
        : [],
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(shown).toEqual(wanted);
  });

  test.each([PHONE, DESKTOP])("charts hold as many bars as the data says, on %i pixels", async (width) => {
    await open(result, width);
    const facts = new Map((await page.evaluate(charts)).map((chart) => [chart.id, chart.marks]));
    const filled = all.flatMap(({ latency }) =>
      latency.flatMap(({ buckets }) => buckets.filter(({ count }) => count > 0)),
    );
    expect(facts.get("dns-latency")?.lookups ?? 0).toBe(filled.length);
    const stalled = all.flatMap(({ latency }) => latency.filter(({ stalls }) => stalls > 0));
    expect(facts.get("dns-latency")?.stalls ?? 0).toBe(stalled.length);
    const hops = all.flatMap(({ chain }) => chain?.hops ?? []);
    expect(facts.get("dns-chain")?.["hop-dns"] ?? 0).toBe(hops.length);
    expect(facts.get("dns-chain")?.["hop-own"] ?? 0).toBe(hops.length);
  });

  test("a stall is drawn at 5 s, apart from what is answered", async () => {
    await open(result, DESKTOP);
    const gaps = await page.$$eval("[data-chart='dns-latency'] svg.wide g.lookups", (groups) =>
      groups.map((group) => {
        const lefts = [...group.querySelectorAll("rect")].map((bar) => bar.getBoundingClientRect().left);
        const reds = [...group.querySelectorAll("rect")].filter(
          (bar) => bar.getAttribute("fill") === "var(--bad)",
        ).length;
        return { reds, widest: Math.max(...lefts.map((left, i) => (i === 0 ? 0 : left - (lefts[i - 1] ?? left)))) };
      }),
    );
    const stalled = all.flatMap(({ latency }) => latency.filter(({ stalls }) => stalls > 0)).length;
    expect(gaps.filter(({ reds }) => reds > 0)).toHaveLength(stalled);
    for (const { reds, widest } of gaps) if (reds > 0) expect(widest).toBeGreaterThan(40);
  });

  test.each([PHONE, 768, DESKTOP])("fits a page of %i pixels", async (width) => {
    await open(result, width);
    expect(await page.evaluate(overflowing)).toEqual([]);
  });

  test.each(["light", "dark"] as const)("is readable in the %s scheme on a phone", async (scheme) => {
    await open(result, PHONE, scheme);
    expect((await page.evaluate(contrasts)).filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
  });
});
