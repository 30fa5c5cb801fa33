/** The report page in a real browser: every case, every width, both colour schemes. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { armViews, drawnBlocks, failuresByCause } from "../../reports/view/arms.ts";
import { speaksOfConntrack } from "../../reports/view/conntrack.ts";
import { CASES } from "../unit/reports/cases.ts";
import { fixture } from "../unit/reports/fixture.ts";
import { charts, contrasts, hopCells, LEAST_CONTRAST, overflowing } from "./inspect.ts";
import { DESKTOP, type OpenReport, PHONE, reportPages } from "./report-page.ts";

let page: Page;
let complaints: string[];
let requests: string[];

const openReport = reportPages((opened) => {
  complaints = [];
  requests = [];
  opened.on("console", (message) => complaints.push(message.text()));
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("request", (request) => requests.push(request.url()));
});

async function open(...report: Parameters<OpenReport>): Promise<void> {
  page = await openReport(...report);
}

describe.each(Object.entries(CASES))("%s", (_, result) => {
  test("asks for nothing but itself and has nothing to complain about", async () => {
    await open(result, DESKTOP);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  test.each([PHONE, 768, DESKTOP])("fits a page of %i pixels", async (width) => {
    await open(result, width);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    expect(await page.evaluate(overflowing)).toEqual([]);
  });

  test.each(["light", "dark"] as const)("text is readable in the %s scheme", async (scheme) => {
    await open(result, DESKTOP, scheme);
    const texts = await page.evaluate(contrasts);
    expect(texts.length).toBeGreaterThan(50);
    expect(texts.filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
  });

  test("each chart has a name and a description, and one variant of it is shown", async () => {
    await open(result, DESKTOP);
    for (const chart of await page.evaluate(charts)) {
      expect(chart.variants.map(({ visible }) => visible)).toEqual([true, false]);
      for (const { name, description } of chart.variants) {
        expect(name).not.toBe("");
        expect(description).not.toBe("");
      }
    }
    await open(result, PHONE);
    for (const chart of await page.evaluate(charts))
      expect(chart.variants.map(({ visible }) => visible)).toEqual([false, true]);
  });

  test("charts hold as many marks as the data says", async () => {
    await open(result, DESKTOP);
    const facts = new Map((await page.evaluate(charts)).map((chart) => [chart.id, chart.marks]));
    const arms = armViews(result);
    const drawn = arms.flatMap((arm) => drawnBlocks(arm));
    const sampled = drawn.filter(
      (block) =>
        (result.suite === "connection-flood" || speaksOfConntrack(arms)) &&
        block.conntrack.some(({ atMs }) => atMs >= 0 && atMs <= result.load.durationMs),
    );
    expect(facts.get("occupancy")?.samples ?? 0).toBe(sampled.length);
    expect(facts.get("occupancy")?.["first-drop"] ?? 0).toBe(
      facts.has("occupancy") ? drawn.filter((block) => block.cliff).length : 0,
    );
    expect(facts.get("causes")?.cause ?? 0).toBe(arms.flatMap(failuresByCause).length);
    const failing = arms.map((arm) => {
      const slices = drawnBlocks(arm).flatMap((block) => block.series);
      return new Set(slices.filter((slice) => slice.failed > 0).map((slice) => slice.atMs)).size;
    });
    expect(facts.get("failed-share")?.failed ?? 0).toBe(failing.reduce((total, slices) => total + slices, 0));
    const answering = arms.filter((arm) =>
      drawnBlocks(arm).some((b) => b.series.some((slice) => slice.p99Ms !== null)),
    );
    expect(facts.get("latency")?.p99 ?? 0).toBe(answering.length);
    expect(facts.get("latency")?.["arm-label"] ?? 0).toBe(answering.length > 0 ? arms.length : 0);
  });

  test("every hop shows the count of the result", async () => {
    await open(result, DESKTOP);
    const cells = await page.evaluate(hopCells);
    const shown = cells.filter(({ shown }) => shown !== "not known").map(({ hop, shown }) => `${hop} ${shown}`);
    const wanted = result.hops.map(({ name, drops }) =>
      drops < 1e10
        ? `${name} ${drops.toLocaleString("en-US")}`
        : `${name} ${drops.toExponential(2).replace("e+", "e")}`,
    );
    expect(shown.sort()).toEqual(wanted.sort());
    const unexplained = page.locator("[data-unexplained]");
    if (result.hops.length > 0)
      expect(await unexplained.getAttribute("data-unexplained")).toBe(String(result.attribution.unexplained));
  });
});

const RESULT = fixture();

test("the verdict comes first and is seen without scrolling, on a phone too", async () => {
  await open(RESULT, PHONE);
  const heading = page.getByRole("heading", { level: 1 });
  expect(await heading.textContent()).toContain("improved");
  expect((await heading.boundingBox())?.y).toBeLessThan(400);
});

test("headings are in order and every table has a caption or a labelled box", async () => {
  await open(RESULT, DESKTOP);
  const levels = await page.$$eval("h1, h2, h3", (all) => all.map((heading) => Number(heading.tagName[1])));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? level)).toBeLessThanOrEqual(1);
  const bare = await page.$$eval("table", (all) =>
    all.filter((table) => !table.caption && !table.closest("[aria-label]")).map((table) => table.className),
  );
  expect(bare).toEqual([]);
});

test("a phone's metric cards still are a table to a screen reader", async () => {
  await open(RESULT, PHONE);
  const table = page.getByRole("table", { name: /typical block/ });
  expect(await table.getByRole("rowheader").count()).toBe(RESULT.metrics.length);
});

test("in print every chart is its wide variant and no box hides what scrolls", async () => {
  await open(RESULT, PHONE);
  await page.emulateMedia({ media: "print" });
  for (const chart of await page.evaluate(charts)) expect(chart.variants[0]?.visible).toBe(true);
  expect(await page.$$eval(".scroll", (all) => all.map((box) => getComputedStyle(box).overflowX))).not.toContain(
    "auto",
  );
});
