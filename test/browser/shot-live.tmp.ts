import { existsSync, readFileSync } from "node:fs";
import { launchChromium } from "/tmp/w/live/test/browser/chromium.ts";
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
let url = "";
while (url === "") {
  const text = existsSync("/tmp/w/live-typescript") ? readFileSync("/tmp/w/live-typescript", "utf8") : "";
  url = /Live at (http:\/\/127\.0\.0\.1:\d+\/)/.exec(text)?.[1] ?? "";
  await sleep(1000);
}
const browser = await launchChromium();
const page = await browser.newPage();
const complaints: string[] = [];
page.on("console", (m) => complaints.push(m.text()));
page.on("pageerror", (e) => complaints.push(String(e)));
await page.goto(url);
let n = 0;
for (;;) {
  const stage = (await page.locator("#stage").textContent()) ?? "";
  const blocks = await page.locator("#blocks tr").count();
  const over = await page.locator("#over").isVisible();
  const gone = /does not answer/.test(stage);
  if ((blocks >= 3 && /load, second/.test(stage) && n === 0) || over || gone) {
    for (const [name, width, scheme] of [["desk", 1100, "light"], ["phone", 390, "dark"]] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await sleep(300);
      await page.screenshot({ path: `/tmp/w/lab-${over || gone ? "end" : "middle"}-${name}.png`, fullPage: true });
    }
    n++;
  }
  if (over || gone) break;
  await sleep(1000);
}
console.log(JSON.stringify({ complaints, over: await page.locator("#over").textContent() }));
await browser.close();
