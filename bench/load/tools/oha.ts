import { z } from "zod";
import { sum } from "../../../runner/analysis/samples.ts";
import { installOha } from "../programs/build.ts";
import type { OpenTool } from "./tool.ts";

const MOST_IN_FLIGHT = 1000;

const Counts = z.record(z.string(), z.number());

/** Its JSON output, as far as it is needed; latencies in s, null of no responses. */
const Report = z.object({
  latencyPercentiles: z.object({ p99: z.number().nullable() }),
  statusCodeDistribution: Counts,
  errorDistribution: Counts,
});

export const oha: OpenTool = {
  name: "oha",
  about: "Rust, with --latency-correction",
  loop: "open",
  firstGuessPerSecond: 5000,
  async prepare(update) {
    const file = await installOha(update);
    return {
      invoke: ({ url, ratePerSecond, durationMs }) => ({
        file,
        args: [
          ...["-n", `${Math.round((ratePerSecond * durationMs) / 1000)}`],
          ...["-q", `${ratePerSecond}`],
          ...["-c", `${MOST_IN_FLIGHT}`],
          ...["--latency-correction", "--disable-keepalive", "--no-tui", "--output-format", "json"],
          url,
        ],
      }),
      async read({ stdout }) {
        const report = Report.parse(JSON.parse(stdout));
        const responses = sum(Object.values(report.statusCodeDistribution));
        const done = report.statusCodeDistribution["200"] ?? 0;
        const p99 = report.latencyPercentiles.p99;
        return {
          done,
          failed: responses - done + sum(Object.values(report.errorDistribution)),
          p99Ms: p99 === null ? null : p99 * 1000,
        };
      },
    };
  },
};
