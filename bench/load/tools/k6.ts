import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { buildK6 } from "../../../runner/lab/builds/k6.ts";
import type { OpenTool } from "./tool.ts";

const SCRIPT = fileURLToPath(new URL("../scripts/plain.k6.ts", import.meta.url));
const SUMMARY = "k6.json";
/** Requests in flight beyond it are dropped iterations: enough for the longest stall at the highest rate. */
const VIRTUAL_USERS = 500;

/** Its summary, as far as it is needed; durations in ms. */
const Summary = z.object({
  metrics: z.object({
    http_reqs: z.object({ count: z.number() }),
    http_req_failed: z.object({ passes: z.number() }),
    http_req_duration: z.object({ "p(99)": z.number() }),
    dropped_iterations: z.object({ count: z.number() }).optional(),
  }),
});

export const k6: OpenTool = {
  name: "k6",
  about: "Go, a plain script",
  loop: "open",
  firstGuessPerSecond: 1500,
  async prepare(update) {
    const file = await buildK6({ step: (_title, work) => work(update), note: update });
    return {
      invoke: ({ url, ratePerSecond, durationMs, scratch }) => ({
        file,
        args: [
          "run",
          ...["--quiet", "--no-usage-report", "--address", "", "--summary-trend-stats", "p(99)"],
          ...["--summary-export", join(scratch, SUMMARY)],
          ...["-e", `URL=${url}`, "-e", `RATE=${ratePerSecond}`, "-e", `DURATION_MS=${durationMs}`],
          ...["-e", `VUS=${VIRTUAL_USERS}`],
          SCRIPT,
        ],
      }),
      async read({ scratch }) {
        const { metrics } = Summary.parse(JSON.parse(await readFile(join(scratch, SUMMARY), "utf8")));
        // A "pass" of http_req_failed is a request that failed.
        const failed = metrics.http_req_failed.passes;
        return {
          done: metrics.http_reqs.count - failed,
          failed: failed + (metrics.dropped_iterations?.count ?? 0),
          p99Ms: metrics.http_req_duration["p(99)"],
        };
      },
    };
  },
};
