/** A real Chromium without a network of its own doing: what the page asks for is all that is asked for. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const EXECUTABLE = "/usr/bin/chromium";

/** Each launch gets a fresh profile, which playwright removes at `close()`. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`${EXECUTABLE} is missing: install the Debian package "chromium" (apt-get install chromium).`);
  }
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
