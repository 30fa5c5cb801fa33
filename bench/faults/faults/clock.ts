import { fileURLToPath } from "node:url";
import type { Fault } from "./fault.ts";

const STEPPING = fileURLToPath(new URL("../programs/stepped-clock.mjs", import.meta.url));
/** After the runner's start: agents are there by then, and blocks are to come. */
const AFTER_S = 20;

/** Only this program sees it: the machine's clock is not ours. */
export const clock = (seconds: number): Fault => ({
  name: `clock-${seconds < 0 ? "back" : "ahead"}`,
  does: `the runner's clock stepped by ${seconds} s`,
  async prepare() {
    return {
      node: ["--import", STEPPING],
      env: { BENCH_CLOCK_STEP_MS: String(seconds * 1000), BENCH_CLOCK_AFTER_MS: String(AFTER_S * 1000) },
    };
  },
});
