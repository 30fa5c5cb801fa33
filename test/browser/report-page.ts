import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { renderHtml } from "../../reports/html/page.ts";
import type { Result } from "../../runner/result/result.ts";
import { reportOf } from "../unit/reports/cases.ts";
import { launchChromium } from "./chromium.ts";

export const PHONE = 360;
export const DESKTOP = 1280;

/**
 * Renders a result's report and opens it in a page of this width, which is closed after the test.
 * @param watch is given the page before it loads the report
 */
export type OpenReport = (
  result: Result,
  width: number,
  colorScheme?: "light" | "dark",
  watch?: (page: Page) => void,
) => Promise<Page>;

/** A browser for the tests of one file: starts before them and ends after them. */
export function reportPages(): OpenReport {
  let folder: string | undefined;
  let browser: Browser | undefined;
  // Drawing a report takes longer than loading it.
  const drawn = new Map<Result, string>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "packetwalk-browser-"));
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  return async (result, width, colorScheme = "light", watch = () => {}) => {
    if (folder === undefined || !browser) throw new Error("a report is opened in a test, not before");
    let path = drawn.get(result);
    if (path === undefined) {
      path = join(folder, `report-${drawn.size}.html`);
      const report = reportOf(result);
      writeFileSync(path, renderHtml(result, report, await report.page()));
      drawn.set(result, path);
    }
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    watch(page);
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    return page;
  };
}
