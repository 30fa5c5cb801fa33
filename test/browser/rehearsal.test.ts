/** The go/no-go sheet in a real browser: a phone and a desk, both colour schemes, and on one page of paper. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rehearsalPage } from "../../reports/rehearsal/page/page.ts";
import type { Rehearsal } from "../../runner/result/rehearsal.ts";
import { CASES } from "../unit/reports/rehearsal/rehearsal.ts";
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
  folder = mkdtempSync(join(tmpdir(), "packetwalk-rehearsal-page-"));
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

function caseOf(name: string): Rehearsal {
  return CASES[name] ?? expect.fail(name);
}

async function open(name: string, width: number, colorScheme: "light" | "dark" = "light", before?: string) {
  const path = join(folder, "rehearsal.html");
  writeFileSync(path, rehearsalPage(caseOf(name), before === undefined ? undefined : caseOf(before)));
  [complaints, requests] = [[], []];
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme, media: null });
  await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
}

/** Pages of paper, as its own style sheet has them. */
async function papers(): Promise<{ count: number; size: string[] }> {
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[([^\]]+)\]/g)].map(([, box = ""]) =>
    box
      .trim()
      .split(/\s+/)
      .slice(2)
      .map((points) => Math.round(Number(points)))
      .join("×"),
  );
  return { count: pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0, size: [...new Set(boxes)] };
}

describe.each(Object.keys(CASES))("%s", (name) => {
  test.each([PHONE, DESKTOP])(
    "fits %i pixels, asks for nothing but itself, and has nothing to complain about",
    async (width) => {
      await open(name, width, "light", "no-go");
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
      expect(complaints).toEqual([]);
    },
  );

  test.each(["light", "dark"] as const)(
    "text is readable in the %s scheme, on a phone and at a desk",
    async (scheme) => {
      for (const width of [PHONE, DESKTOP]) {
        await open(name, width, scheme, "no-go");
        const texts = await page.evaluate(contrasts);
        expect(texts.length).toBeGreaterThan(50);
        expect(texts.filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
      }
    },
  );

  test("is one page of A4, with a comparison behind it", async () => {
    await open(name, DESKTOP);
    expect(await papers()).toEqual({ count: 1, size: ["595×842"] });
    await open(name, DESKTOP, "light", "go");
    await page.emulateMedia({ media: "print" });
    expect(await page.$eval("#against", (section) => getComputedStyle(section).breakBefore)).toBe("page");
  });

  test("on paper no word of a drawing lies outside of it, and nothing sticks out", async () => {
    await open(name, 718);
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect(await page.evaluate(cutOff)).toEqual([]);
  });
});

/** Words of a drawing that reach past what is drawn on. Runs in the page. */
function cutOff(): string[] {
  return [...document.querySelectorAll(".drawing svg")].flatMap((svg) => {
    const { left, right } = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")]
      .filter((text) => text.getClientRects().length > 0)
      .filter((text) => text.getBoundingClientRect().right > right + 1 || text.getBoundingClientRect().left < left - 1)
      .map((text) => text.textContent ?? "");
  });
}

test.each([PHONE, DESKTOP])("at %i pixels no word of a drawing lies outside of it", async (width) => {
  for (const name of Object.keys(CASES)) {
    await open(name, width);
    expect(await page.evaluate(cutOff), name).toEqual([]);
  }
});

test("the decision and why are seen without scrolling, on a phone too", async () => {
  for (const name of ["go", "no-go", "go with conditions", "inconclusive", "invalid"]) {
    await open(name, PHONE);
    const why = await page.locator(".why").boundingBox();
    expect((why?.y ?? 0) + (why?.height ?? 900), name).toBeLessThan(400);
  }
});

test("a comparison takes one page of paper more", async () => {
  await open("go", DESKTOP, "light", "no-go");
  expect((await papers()).count).toBe(2);
});

test("one drawing of two is shown, the wide one where there is room and on paper", async () => {
  const shown = () =>
    page.$$eval(".drawing svg", (all) =>
      all.filter((svg) => svg.getClientRects().length > 0).map((svg) => svg.getAttribute("class")),
    );
  await open("go", PHONE);
  expect(await shown()).toEqual(["narrow", "narrow"]);
  await page.emulateMedia({ media: "print" });
  expect(await shown()).toEqual(["wide", "wide"]);
  await open("go", DESKTOP);
  expect(await shown()).toEqual(["wide", "wide"]);
});

test("what the model says is drawn hollow, and what was measured filled, in both schemes", async () => {
  for (const scheme of ["light", "dark"] as const) {
    await open("go", DESKTOP, scheme);
    const fill = (name: string) =>
      page.$eval(`svg.wide [data-hop="dns"] .${name}`, (mark) => getComputedStyle(mark).fill);
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await fill("predicted")).toBe(paper);
    expect(await fill("measured")).not.toBe(paper);
  }
});

test("to a screen reader there are a banner, a main part, headings in order, named drawings, and tables with headers", async () => {
  await open("no-go", DESKTOP);
  expect(await page.getByRole("banner").count()).toBe(1);
  expect(await page.getByRole("main").count()).toBe(1);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("✗NO-GO");
  const levels = await page.$$eval("h1, h2, h3", (all) => all.map((heading) => Number(heading.tagName.slice(1))));
  expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
  expect(await page.getByRole("img", { name: /expected peak against what was held/ }).count()).toBe(1);
  expect(await page.getByRole("img", { name: /^The day/ }).count()).toBe(1);
  for (const table of await page.getByRole("table").all()) {
    expect(await table.getByRole("columnheader").count()).toBeGreaterThan(3);
    expect(await table.getByRole("rowheader").count()).toBeGreaterThan(0);
  }
  expect(await page.getByRole("table", { name: "SLOs" }).count()).toBe(1);
});

test("what scrolls is reached by keyboard, and lists that are cut on paper are whole on the screen", async () => {
  await open("full", PHONE);
  const boxes = await page.$$eval(".scroll", (all) => all.map((box) => box.getAttribute("tabindex")));
  expect(new Set(boxes)).toEqual(new Set(["0"]));
  expect(await page.locator("#not-tested li:visible").count()).toBe(14);
  expect(await page.locator(".beyond:visible").count()).toBe(0);
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("#not-tested li:visible").count()).toBe(4);
  expect(await page.locator("#not-tested .beyond").textContent()).toContain("10 more");
  expect(await page.locator("#not-tested .beyond").isVisible()).toBe(true);
});
