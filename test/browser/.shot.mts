import { chromium } from "playwright-core";

const [, , file, prefix, ...sel] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, width, scheme] of [
  ["desk", 1280, "light"],
  ["phone-dark", 390, "dark"],
] as const) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  await page.goto(`file://${file}`);
  for (const s of sel) {
    const el = page.locator(s).first();
    await el.screenshot({ path: `${prefix}-${name}-${s.replace(/[^a-z]/g, "")}.png` });
  }
  await page.close();
}
await browser.close();
