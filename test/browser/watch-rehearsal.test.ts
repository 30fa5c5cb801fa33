/** The page of `rehearse --watch` in a real browser: what is told comes, on a phone and at a desk, and to nobody elsewhere. */
import { networkInterfaces } from "node:os";
import type { Browser, Page } from "playwright-core";
import { request } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { guardsOf } from "../../runner/analysis/rehearsal/guards.ts";
import { type WatchedRehearsal, watchRehearsal } from "../../runner/cli/watch/rehearsal.ts";
import type { RehearsedSecond, RehearsedStage, Slo } from "../../runner/result/rehearsal.ts";
import { CASES } from "../unit/reports/rehearsal/rehearsal.ts";
import { launchChromium } from "./chromium.ts";
import { contrasts, LEAST_CONTRAST, overflowing } from "./inspect.ts";

const PHONE = 390;
const DESKTOP = 1280;
const HOSTILE = '<img src=x onerror="alert(17)"><b>failed</b>';
const SLOS: readonly Slo[] = [
  { name: HOSTILE, kind: "failed-share", most: 0.1, windowS: 1, budget: 0.5 },
  { name: "drops", kind: "drops", most: 0, windowS: 1, budget: 0 },
];
const STAGE = { kind: "day", ratePerSecond: 120, durationS: 4, startedAt: "2026-11-27T10:00:00.000Z" } as const;

let browser: Browser;
let page: Page;
let watched: WatchedRehearsal;
let url: string;
let complaints: string[] = [];
let asked: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  watched = await watchRehearsal();
  url = watched.url ?? expect.fail("there is no page");
  [complaints, asked] = [[], []];
  page = await browser.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (each) => asked.push(each.url()));
});
afterEach(async () => {
  watched.over();
  await page.close();
});

function second(atS: number, of: Partial<NonNullable<RehearsedSecond["load"]>> = {}): RehearsedSecond {
  const load = {
    scheduled: 120,
    ended: 118,
    failed: 0,
    status5xx: 0,
    p99Ms: 41.25,
    overLimit: {},
    toldShare: 1,
    ...of,
  };
  return { atS, load, drops: 0, background: 0, fill: 0.125 };
}

/** A stage's seconds, with its guards, as a rehearsal tells of them. */
function tell(
  seconds: readonly RehearsedSecond[],
  stage: typeof STAGE | { kind: "search"; ratePerSecond: number } = STAGE,
) {
  const whole = { ...STAGE, ...stage };
  const guards = guardsOf(SLOS, { ...whole, idlePerSecond: 0 });
  for (const each of seconds) {
    guards.second(each);
    watched.second(whole, each, guards);
  }
}

const shown = (id: string) => page.locator(`#${id}`).textContent();
const rows = (id: string) =>
  page.$$eval(`#${id} tr`, (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

/** How many pieces the line has: a second that was not seen parts it. */
const pieces = (id: string) => page.locator(`#${id} polyline`).count();

test("seconds come as they are told, also those from before the page was opened, and what was not seen is no zero", async () => {
  tell([second(0)]);
  await page.goto(url);
  await expect.poll(() => shown("stage")).toBe("The day, up to 120/s · second 1 of 4");
  expect(await Promise.all(["rate", "p99", "failed", "drops", "fill"].map(shown))).toEqual([
    ...["118", "41.3 ms", "0", "0", "12.5 %"],
  ]);
  tell([second(0), { atS: 1, load: null, drops: null, background: null, fill: null }]);
  await expect.poll(() => shown("rate")).toBe("not seen");
  expect(await Promise.all(["p99", "failed", "drops", "fill"].map(shown))).toEqual(Array(4).fill("not seen"));
  tell([second(0), { atS: 1, load: null, drops: null, background: null, fill: null }, second(2, { failed: 30 })]);
  await expect.poll(() => shown("failed")).toBe("30");
  expect(await page.locator("#failed").getAttribute("class")).toBe("bad");
  expect(await pieces("rates")).toBe(2);
  // One of its two seconds in breach is spent.
  await expect
    .poll(() => rows("budgets"))
    .toEqual([
      [HOSTILE, "50 %"],
      ["drops", "100 %"],
    ]);
  tell([second(0, { p99Ms: null, ended: 0 })], { kind: "search", ratePerSecond: 180 });
  await expect.poll(() => shown("stage")).toBe("Search at 180/s · second 1 of 4");
  expect(await shown("p99")).toBe("–");
});

test("a stage that ended is listed, names stay text, and the page ends with the run", async () => {
  const [of] = CASES["no-go"]?.stages ?? expect.fail("no case");
  const stage: RehearsedStage = {
    ...(of ?? expect.fail("no stage")),
    ...{ end: "guard", breach: { slo: HOSTILE, atS: 3, ratePerSecond: 120, stoppedAfterS: 1 } },
  };
  await page.goto(url);
  tell([second(0)]);
  watched.stage(stage);
  const line = [`${stage.kind} ${stage.ratePerSecond}/s`, `guard: ${HOSTILE} after 3 s`];
  await expect.poll(async () => (await rows("stages"))[0]?.slice(0, 2)).toEqual(line);
  watched.over();
  await expect.poll(() => shown("stage")).toBe("Over: the sheet is written.");
  // Neither asks again nor says so in the console, and nothing of what was told became a part of the page.
  await page.waitForTimeout(4_000);
  expect(asked).toEqual([url, `${url}events`]);
  expect(await page.locator("img, b").count()).toBe(0);
  expect(complaints).toEqual([]);
  await expect(request(url)).rejects.toThrow(/ECONNREFUSED/);
});

test.each([PHONE, DESKTOP])("at %i pixels it fits and is readable in both schemes", async (width) => {
  await page.setViewportSize({ width, height: 900 });
  tell([second(0), second(1, { failed: 30 }), second(2)]);
  await page.goto(url);
  await expect.poll(() => shown("stage")).toContain("second 3 of 4");
  expect(await page.evaluate(overflowing)).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const texts = await page.evaluate(contrasts);
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

test("it is on loopback alone, only shows, and does so under its own name", async () => {
  const { hostname, port } = new URL(url);
  expect(hostname).toBe("127.0.0.1");
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  for (const { address } of elsewhere) await expect(request(`http://${address}:${port}/`)).rejects.toThrow();
  const status = async (path: string, options: Parameters<typeof request>[1] = {}) => {
    const { statusCode, body } = await request(new URL(path, url), options);
    await body.dump();
    return statusCode;
  };
  expect(await status("/")).toBe(200);
  // A page of others that has its name lead here.
  expect(await status("/events", { headers: { host: `evil.example:${port}` } })).toBe(403);
  expect(await status("/", { method: "POST" })).toBe(405);
  expect(await status("/rehearsal.json")).toBe(404);
});
