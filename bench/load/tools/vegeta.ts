import { join } from "node:path";
import { z } from "zod";
import { command } from "../../../runner/lab/machine/command.ts";
import { buildVegeta } from "../programs/build.ts";
import type { OpenTool } from "./tool.ts";

const RESULTS = "vegeta.bin";

/** Its JSON report, as far as it is needed; latencies in ns. */
const Report = z.object({
  requests: z.number(),
  status_codes: z.record(z.string(), z.number()),
  latencies: z.object({ "99th": z.number() }),
});

export const vegeta: OpenTool = {
  name: "vegeta",
  about: "Go",
  loop: "open",
  firstGuessPerSecond: 5000,
  async prepare(update) {
    const file = await buildVegeta(update);
    return {
      invoke: ({ url, ratePerSecond, durationMs, scratch }) => ({
        file,
        args: [
          "attack",
          "-keepalive=false",
          `-rate=${ratePerSecond}/s`,
          `-duration=${durationMs}ms`,
          "-timeout=10s",
          `-output=${join(scratch, RESULTS)}`,
        ],
        input: `GET ${url}\n`,
      }),
      // Another process, which the client's cost does not include.
      async read({ scratch }) {
        const text = await command(file, ["report", "-type=json", join(scratch, RESULTS)]);
        const report = Report.parse(JSON.parse(text));
        const done = report.status_codes["200"] ?? 0;
        return { done, failed: report.requests - done, p99Ms: report.latencies["99th"] / 1e6 };
      },
    };
  },
};
