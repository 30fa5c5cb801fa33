import type { Progress } from "../../progress.ts";
import { k6 } from "./components.ts";
import { buildProgram, goVersion } from "./go.ts";

/** What this version of k6 is built with at least: 1.minor. */
const MINIMUM_GO_MINOR = 25;

/**
 * The path of packetwalk's k6, built into the cache if it is not there.
 * @throws LabError when there is no Go, or it is too old, or the build fails.
 */
export async function buildK6(progress: Progress): Promise<string> {
  const go = await goVersion(MINIMUM_GO_MINOR, "packetwalk's k6");
  const { path } = await progress.step("k6", (update) => buildProgram(k6, go, update));
  return path;
}
