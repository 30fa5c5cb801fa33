import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { agent } from "../../../runner/lab/builds/components.ts";
import { buildProgram, goVersion } from "../../../runner/lab/builds/go.ts";
import { WorkerReport } from "../../../runner/load/worker-report.ts";
import type { OpenTool } from "./tool.ts";

const TIMEOUT_MS = 10_000;

export const flood: OpenTool = {
  name: "flood",
  about: "packetwalk's own",
  loop: "open",
  firstGuessPerSecond: 18_000,
  async prepare(update) {
    const file = (await buildProgram(agent, await goVersion(), update)).path;
    return {
      invoke: ({ port, ratePerSecond, durationMs }) => ({
        file,
        args: ["flood", "--spec", "-", "--no-gate"],
        input: JSON.stringify({
          target: { address: `127.0.0.1:${port}` },
          headers: { Connection: "close" },
          stages: [{ durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
          timeoutMs: TIMEOUT_MS,
          maxInFlight: 10_000,
        }),
      }),
      async read({ stdout }) {
        const report = WorkerReport.parse(JSON.parse(stdout));
        const done = report.outcomes.ok;
        const latency = new HistogramSum();
        latency.add(report.histograms.latency);
        return { done, failed: report.scheduled - done, p99Ms: latency.quantileMs(0.99) };
      },
    };
  },
};
