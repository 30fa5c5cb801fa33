/** Doctor's page in a real browser: a phone and a desk, both colour schemes, in print, and by keyboard. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doctorPage } from "../../reports/doctor/page/page.ts";
import { CASES } from "../unit/doctor/diagnosis.ts";
import { launchChromium } from "./chromium.ts";
import { contrasts, LEAST_CONTRAST, overflowing } from "./inspect.ts";

const PHONE = 390;
const DESKTOP = 1280;

let folder: string;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let requests: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-doctor-page-"));
  browser = await launchChromium();
  page = await browser.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  page.on("request", (request) => requests.push(request.url()));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, width: number, colorScheme: "light" | "dark" = "light"): Promise<void> {
  const path = join(folder, "doctor.html");
  writeFileSync(path, doctorPage(CASES[name] ?? expect.fail(name)));
  [complaints, requests] = [[], []];
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme, media: null });
  await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

describe.each(Object.keys(CASES))("%s", (name) => {
  test.each([PHONE, DESKTOP])(
    "fits %i pixels, asks for nothing but itself, and has nothing to complain about",
    async (width) => {
      await open(name, width);
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
      expect(complaints).toEqual([]);
    },
  );

  test.each(["light", "dark"] as const)(
    "text is readable in the %s scheme, on a phone and at a desk",
    async (scheme) => {
      for (const width of [PHONE, DESKTOP]) {
        await open(name, width, scheme);
        const texts = await page.evaluate(contrasts);
        expect(texts.length).toBeGreaterThan(50);
        expect(texts.filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
      }
    },
  );
});

test("the answer is seen without scrolling, on a phone too", async () => {
  await open("breaks at a rate", PHONE);
  const heading = await page.getByRole("heading", { level: 1 }).boundingBox();
  expect((heading?.y ?? 0) + (heading?.height ?? 900)).toBeLessThan(600);
});

test("the walk runs down a phone and across a desk, in the packet's order", async () => {
  const places = () =>
    page.$$eval("[data-hop]", (stops) =>
      stops.map((stop) => stop.getBoundingClientRect()).map(({ x, y }) => ({ x, y })),
    );
  await open("breaks at a rate", PHONE);
  const down = await places();
  expect(new Set(down.map(({ x }) => x)).size).toBe(1);
  expect(down.map(({ y }) => y)).toEqual(down.map(({ y }) => y).sort((a, b) => a - b));
  await open("breaks at a rate", DESKTOP);
  const across = await places();
  expect(new Set(across.map(({ y }) => y)).size).toBe(1);
  expect(across.map(({ x }) => x)).toEqual(across.map(({ x }) => x).sort((a, b) => a - b));
});

test("what nobody could look at is drawn otherwise than what is quiet, without its colour as well", async () => {
  await open("partly refused", DESKTOP);
  const dashes = (state: string) =>
    page.$eval(`[data-state="${state}"] .ring`, (ring) => getComputedStyle(ring).strokeDasharray);
  expect(await dashes("quiet")).toBe("none");
  expect(await dashes("partly")).not.toBe("none");
  expect(await dashes("unseen")).not.toBe("none");
});

test("a bar is filled by what is left", async () => {
  await open("partly refused", DESKTOP);
  const bars = await page.$$eval(".left .bar", (all) =>
    all.map((bar) => ({
      width: Number(bar.querySelector(".rest")?.getAttribute("width")),
      words: bar.textContent ?? "",
    })),
  );
  expect(bars.length).toBeGreaterThan(0);
  for (const { width, words } of bars) expect(words).toBe(`${Math.round(width)} %`);
});

test("to a screen reader there are a banner, a main part, and tables with headers; by keyboard each hop leads to its findings", async () => {
  await open("breaks at a rate", DESKTOP);
  expect(await page.getByRole("banner").count()).toBe(1);
  expect(await page.getByRole("main").count()).toBe(1);
  expect(await page.getByRole("region", { name: "The packet’s walk" }).getByRole("listitem").count()).toBe(11);
  expect(await page.getByRole("columnheader").count()).toBeGreaterThan(5);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toMatch(/^#hop-/);
  await page.keyboard.press("Enter");
  expect(page.url()).toMatch(/#hop-/);
});

test("in print nothing is folded away, and no box hides what scrolls", async () => {
  await open("many of one kind", DESKTOP);
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = false;
  });
  await page.emulateMedia({ media: "print" });
  expect(await page.getByText("a-workload-with-a-long-name-39").first().isVisible()).toBe(true);
  expect(await page.$$eval(".scroll", (all) => all.map((box) => getComputedStyle(box).overflowX))).not.toContain(
    "auto",
  );
  for (const inside of await page.locator("details ul, details table").all())
    expect(await inside.isVisible()).toBe(true);
});
