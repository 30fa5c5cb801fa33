/** The live page of a run in a real browser, served as a run serves it, from the events that a run tells. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pageView } from "../../reports/live/page-view.ts";
import { livePage } from "../../runner/cli/watch/page.ts";
import { type LivePage, serveLive } from "../../runner/cli/watch/serve.ts";
import {
  atMs,
  HOSTILE,
  IN_THE_MIDDLE,
  lived,
  MIDDLE_NOW_MS,
  planned,
  stateAfter,
  type Told,
} from "../unit/analysis/live/story.ts";
import { launchChromium } from "./chromium.ts";
import { contrasts, LEAST_CONTRAST, overflowing } from "./inspect.ts";

const PHONE = 390;
const DESKTOP = 1280;

const SUITE = "connection-flood";
const ENDED: readonly Told[] = [
  ...IN_THE_MIDDLE,
  ...lived({ number: 5, round: 3, role: "baseline", startsS: 224 }).slice(-1),
  { atS: 300, event: { kind: "looked", afterRounds: 5, verdict: "improved", last: true } },
  {
    atS: 301,
    event: {
      ...{ kind: "suite-ended", suite: SUITE, verdict: "improved", files: ["/tmp/out/report.html"] },
      answer: `In ${SUITE}, recommended did better than baseline.`,
    },
  },
  { atS: 302, event: { kind: "suite-failed", suite: "dns-storm", because: "the nodes have no conntrack" } },
  { atS: 303, event: { kind: "over", page: "/tmp/out/index.html" } },
];
const HOSTILE_STORY: readonly Told[] = [
  { atS: 0, event: { kind: "suites-planned", suites: [HOSTILE] } },
  { atS: 0, event: planned({ suite: HOSTILE, arms: { baseline: HOSTILE, tuned: HOSTILE } }) },
  ...lived({ number: 0, round: 1, role: "tuned", startsS: 0 }),
  { atS: 41, event: { kind: "step-began", step: 0, title: HOSTILE } },
  { atS: 42, event: { kind: "noted", text: HOSTILE } },
  { atS: 43, event: { kind: "sample-read", number: 0, node: HOSTILE, entries: 5, limit: 10 } },
  {
    atS: 44,
    event: { ...{ kind: "suite-ended", suite: HOSTILE, verdict: null, answer: HOSTILE, files: [HOSTILE] } },
  },
];

let browser: Browser;
let page: Page;
let live: LivePage;
let complaints: string[] = [];
let requests: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  [complaints, requests] = [[], []];
  live = await serveLive(livePage("experiment"));
  page = await browser.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  page.on("request", (request) => requests.push(request.url()));
});
afterEach(async () => {
  await page.close();
  live.close();
});

async function open(told: readonly Told[], nowMs: number, width = DESKTOP, colorScheme: "light" | "dark" = "light") {
  live.show("view", pageView(stateAfter(told), nowMs));
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
  await page.goto(live.url);
  await page.waitForFunction(() => document.getElementById("title")?.textContent !== "packetwalk, live");
}

const text = async (id: string) => (await page.locator(`#${id}`).textContent()) ?? "";

describe("in the middle of a run", () => {
  test("shows what happens now, the arms, the tables, the time left, and that no verdict is final", async () => {
    await open(IN_THE_MIDDLE, MIDDLE_NOW_MS);
    expect(await text("title")).toBe("connection-flood, live");
    expect(await text("stage")).toBe("baseline: load, second 12 of 20");
    expect(await page.locator(".verdict").textContent()).toBe(
      "Verdict so far: none yet (not final): it is looked at once, after 5 rounds that count",
    );
    expect(await text("tiles")).toContain("4 of 10 blocks (1 void)");
    expect(await text("tiles")).toContain("5 min to 5 min 30 s, at most 11 min");
    expect(await page.locator("#arms tr").allInnerTexts()).toEqual([
      "baseline\t400 /s\t1.04 s\t1,000 of 8,000\tround 2",
      "recommended\t400 /s\tnothing ended\t10 of 8,000\tround 2, void",
    ]);
    const widths = await page
      .locator("#tables .bar")
      .evaluateAll((bars) =>
        bars.map((bar) =>
          Math.round(((bar.firstElementChild?.getBoundingClientRect().width ?? 0) / bar.clientWidth) * 100),
        ),
      );
    expect(widths).toEqual([90, 45]);
    expect(await page.locator("#tables .bad").count()).toBe(1);
    // Eleven readings, and a gap before and after each load.
    expect(await page.locator("#fills polyline").count()).toBe(12);
    expect(await page.locator("#suites li").allInnerTexts()).toEqual([
      "connection-flood: runs now",
      "dns-storm: not begun",
    ]);
  });

  test("changes as the run goes on, without being loaded again", async () => {
    await open(IN_THE_MIDDLE, MIDDLE_NOW_MS);
    const asked = requests.length;
    live.show("view", pageView(stateAfter(IN_THE_MIDDLE), atMs(249)));
    await expect.poll(() => text("stage")).toBe("baseline: load, second 16 of 20");
    expect(requests.length).toBe(asked);
  });

  test("asks its own address for its events, and for nothing else", async () => {
    await open(IN_THE_MIDDLE, MIDDLE_NOW_MS);
    expect(requests.filter((url) => !url.endsWith("/favicon.ico"))).toEqual([live.url, `${live.url}events`]);
    expect(complaints).toEqual([]);
  });

  test("a browser that comes later sees the same", async () => {
    live.show("view", pageView(stateAfter(IN_THE_MIDDLE), atMs(236)));
    await open(IN_THE_MIDDLE, MIDDLE_NOW_MS);
    expect(await text("stage")).toBe("baseline: load, second 12 of 20");
  });
});

describe.each([
  ["in the middle", IN_THE_MIDDLE, MIDDLE_NOW_MS],
  ["at the end", ENDED, atMs(303)],
  ["with words of others", HOSTILE_STORY, atMs(45)],
] as const)("%s", (_name, told, nowMs) => {
  test.each([PHONE, DESKTOP])("fits %i pixels", async (width) => {
    await open(told, nowMs, width);
    expect(await page.evaluate(overflowing)).toEqual([]);
  });

  test.each(["light", "dark"] as const)("is readable in the %s scheme", async (scheme) => {
    await open(told, nowMs, PHONE, scheme);
    const texts = await page.evaluate(contrasts);
    expect(texts.length).toBeGreaterThan(15);
    expect(texts.filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
  });
});

test("at the end has the final verdict, each suite's answer and where its report is, and asks no more", async () => {
  await open(ENDED, atMs(303));
  expect(await page.locator(".verdict").textContent()).toBe("Verdict: improved, final");
  expect(await text("over")).toBe(
    "It is over, and not all of it has a result. All suites on one page: /tmp/out/index.html",
  );
  expect(await page.locator("#suites > li").allInnerTexts()).toEqual([
    `${SUITE}: In ${SUITE}, recommended did better than baseline.\n/tmp/out/report.html`,
    "dns-storm: no result: the nodes have no conntrack",
  ]);
  const asked = requests.length;
  live.close();
  await page.waitForTimeout(4_000);
  expect([requests.length, await page.locator("#stage").isVisible()]).toEqual([asked, false]);
});

test("says that the run is gone where it ends without a word", async () => {
  await open(IN_THE_MIDDLE, MIDDLE_NOW_MS);
  live.close();
  await expect.poll(() => text("stage")).toMatch(/^The run does not answer: it has ended, or was killed/);
});

test("words of others are shown as they are, and are no markup", async () => {
  await open(HOSTILE_STORY, atMs(45));
  expect(await page.locator("img").count()).toBe(0);
  for (const id of ["title", "arms", "tables", "blocks", "suites", "steps", "notes"])
    expect(await text(id), id).toContain('<img src=x onerror="alert(1)">');
  expect(complaints).toEqual([]);
});

test("a rehearsal's page is served in the same way, with the same style", async () => {
  live.close();
  live = await serveLive(livePage("rehearsal"));
  const stage = { kind: "day", ratePerSecond: 400, durationS: 60 };
  const load = { ended: 398, failed: 2, p99Ms: 12.25 };
  const budgets = [{ slo: HOSTILE, spent: 0.25 }];
  live.tell("second", { ...{ stage, number: 0, budgets }, second: { atS: 4, load, drops: null, fill: 0.91 } });
  await page.setViewportSize({ width: PHONE, height: 900 });
  await page.goto(live.url);
  await expect.poll(() => text("stage")).toBe("The day, up to 400/s · second 5 of 60");
  expect([await text("rate"), await text("p99"), await text("drops"), await text("fill")]).toEqual([
    ...["398", "12.3 ms", "not seen", "91 %"],
  ]);
  expect(await page.locator("#budgets tr").allTextContents()).toEqual([`${HOSTILE}75 %`]);
  expect(await page.evaluate(overflowing)).toEqual([]);
  expect(complaints).toEqual([]);
});
