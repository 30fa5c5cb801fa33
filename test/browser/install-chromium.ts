import { existsSync } from "node:fs";
import { installPackages } from "../../runner/lab/machine/requirements.ts";
import { EXECUTABLE } from "./chromium.ts";

/** The newcomer's `npm test` brings its own browser, where it may install packages. */
export default async function setup(): Promise<void> {
  if (existsSync(EXECUTABLE)) return;
  console.log("Installing the Debian package chromium for the browser tests …");
  await installPackages(["chromium"], () => {});
}
