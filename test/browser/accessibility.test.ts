/** Every page that packetwalk writes, before axe: WCAG 2 A and AA and its best practices, in both colour schemes, all details open. */
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doctorPage } from "../../reports/doctor/page/page.ts";
import { draw } from "../../reports/formats/draw.ts";
import { historyPage } from "../../reports/history/page.ts";
import { renderHtml } from "../../reports/html/page.ts";
import { pageView } from "../../reports/live/page-view.ts";
import { rehearsalPage } from "../../reports/rehearsal/page/page.ts";
import { groupsOf } from "../../runner/analysis/history/series.ts";
import { livePage } from "../../runner/cli/watch/page.ts";
import { serveLive } from "../../runner/cli/watch/serve.ts";
import type { Result } from "../../runner/result/result.ts";
import { nightly, quiet } from "../support/nights.ts";
import { IN_THE_MIDDLE, MIDDLE_NOW_MS, stateAfter } from "../unit/analysis/live/story.ts";
import { CASES as DIAGNOSES } from "../unit/doctor/diagnosis.ts";
import { CASES, reportOf } from "../unit/reports/cases.ts";
import { reported } from "../unit/reports/formats/hostile.ts";
import { CASES as REHEARSALS } from "../unit/reports/rehearsal/rehearsal.ts";
import { launchChromium } from "./chromium.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** On a phone other variants of the charts are shown, and tables scroll. */
const SIZES = [
  { width: 390, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const;

interface Axe {
  run(options: RunOptions): Promise<AxeResults>;
}

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  // The watched pages run no script but their own; axe is one.
  page = await browser.newPage({ bypassCSP: true });
});
afterAll(() => browser?.close());

/** What axe holds against the page that is shown, a line for each element. */
async function violations(): Promise<string[]> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  await page.addScriptTag({ path: AXE });
  const { violations: found, passes } = await page.evaluate(() =>
    // Of rules that hold, one element each is enough.
    (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ["violations"] }),
  );
  expect(passes.length).toBeGreaterThan(10);
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(" ")}`));
}

async function expectNone(html: string): Promise<void> {
  for (const { width, colorScheme } of SIZES) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.setContent(html, { waitUntil: "load" });
    expect(await violations(), `${width} px, ${colorScheme}`).toEqual([]);
  }
}

async function reportPage(result: Result): Promise<string> {
  const report = reportOf(result);
  return renderHtml(result, report, await report.page());
}

test.each(Object.entries(CASES))("the report of %s", async (_, result) => {
  await expectNone(await reportPage(result));
});

test("the front page of several suites", async () => {
  const results = ["dns", "rollouts"].map((name) => reported(CASES[name] ?? expect.fail(name)));
  await expectNone(await draw("html", { results, missing: ["saturation"] }));
});

test.each(Object.entries(REHEARSALS))("the sheet of %s", async (_, rehearsal) => {
  await expectNone(rehearsalPage(rehearsal));
});

test.each(Object.entries(DIAGNOSES))("doctor's page of %s", async (_, diagnosis) => {
  await expectNone(doctorPage(diagnosis));
});

test("the history's page", async () => {
  const nights = nightly([...quiet(20), null, ...quiet(22), ...quiet(9, 150)]);
  await expectNone(historyPage({ packetwalk: "0.1.0", store: "/var/lib/history.db", groups: groupsOf(nights, 120) }));
});

describe("pages that are watched", () => {
  test.each(["experiment", "rehearsal"] as const)("of a %s", async (kind) => {
    const live = await serveLive(livePage(kind));
    try {
      if (kind === "experiment") live.show("view", pageView(stateAfter(IN_THE_MIDDLE), MIDDLE_NOW_MS));
      for (const { width, colorScheme } of SIZES) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.goto(live.url);
        if (kind === "experiment") await page.waitForSelector("#arms tr");
        expect(await violations(), `${width} px, ${colorScheme}`).toEqual([]);
      }
    } finally {
      await live.close();
    }
  });
});
