import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { renderHtml } from "../../reports/html/page.ts";
import type { Result } from "../../runner/result/result.ts";
import { reportOf } from "../unit/reports/cases.ts";
import { launchChromium } from "./chromium.ts";

export const PHONE = 360;
export const DESKTOP = 1280;

/** Renders a result's report, and shows it in a page of this width with all details closed. */
export type OpenReport = (result: Result, width: number, colorScheme?: "light" | "dark") => Promise<Page>;

/**
 * A browser for the tests of one file: starts before them and ends after them. A report is drawn and loaded once for all the
 * tests of it that follow one another, since that is most of the work; it has no script, so that a page which was made narrow
 * is the same as one that was opened so.
 * @param watch is given each page before it loads its report
 */
export function reportPages(watch: (page: Page) => void = () => {}): OpenReport {
  let folder: string | undefined;
  let browser: Browser | undefined;
  let shown: { readonly result: Result; readonly page: Page } | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "packetwalk-browser-"));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function load(result: Result): Promise<Page> {
    if (folder === undefined || !browser) throw new Error("a report is opened in a test, not before");
    const path = join(folder, "report.html");
    const report = reportOf(result);
    writeFileSync(path, renderHtml(result, report, await report.page()));
    const page = await browser.newPage();
    watch(page);
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    return page;
  }

  return async (result, width, colorScheme = "light") => {
    if (shown?.result !== result) {
      await shown?.page.close();
      shown = { result, page: await load(result) };
    }
    const { page } = shown;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, media: null });
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = false;
    });
    return page;
  };
}
