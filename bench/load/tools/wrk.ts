import { debianProgram } from "../programs/debian.ts";
import { type ClosedTool, numberIn } from "./tool.ts";

const UNIT_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };

export const wrk: ClosedTool = {
  name: "wrk",
  about: "C",
  loop: "closed",
  async prepare(update) {
    const file = await debianProgram("wrk", "wrk", update);
    return {
      invoke: ({ url, inFlight, durationMs }) => ({
        file,
        args: ["-t1", `-c${inFlight}`, `-d${Math.round(durationMs / 1000)}s`, "--latency", "-HConnection: close", url],
      }),
      async read({ stdout }) {
        const p99 = /^\s+99%\s+([\d.]+)(us|ms|s|m)$/m.exec(stdout);
        const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout);
        return {
          done: numberIn(stdout, /(\d+) requests in/, "number of requests"),
          failed: errors ? errors.slice(1).reduce((total, count) => total + Number(count), 0) : 0,
          p99Ms: p99 ? Number(p99[1]) * (UNIT_MS[p99[2] ?? ""] ?? Number.NaN) : null,
        };
      },
    };
  },
};
