import { chromium } from "playwright-core";
const [file, out, width, scheme, from, to] = process.argv.slice(2) as [string, string, string, "light" | "dark", string, string];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: Number(width), height: 900 }, colorScheme: scheme });
await page.goto("file://" + file);
console.log(await page.evaluate(() => [...document.querySelectorAll("h2,h3")].map((h) => `${Math.round(h.getBoundingClientRect().top + scrollY)} ${h.tagName} ${h.textContent}`).join("\n")));
await page.screenshot({ path: out, fullPage: true, clip: { x: 0, y: Number(from), width: Number(width), height: Number(to) - Number(from) } });
await browser.close();
