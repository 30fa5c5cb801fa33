import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { debianProgram } from "../programs/debian.ts";
import { type ClosedTool, numberIn } from "./tool.ts";

export const ab: ClosedTool = {
  name: "ab",
  about: "C, HTTP/1.0",
  loop: "closed",
  async prepare(update) {
    const file = await debianProgram("ab", "apache2-utils", update);
    return {
      invoke: ({ url, inFlight, durationMs, scratch }) => ({
        file,
        // -n after -t: -t alone means 50 000 requests at most. -e: printed percentiles are whole milliseconds.
        args: [
          "-q",
          "-r",
          ...["-c", `${inFlight}`],
          ...["-t", `${Math.round(durationMs / 1000)}`, "-n", "2000000"],
          ...["-e", join(scratch, "ab.csv")],
          url,
        ],
      }),
      async read({ stdout, scratch }) {
        const percentiles = await readFile(join(scratch, "ab.csv"), "utf8");
        const failed = numberIn(stdout, /Failed requests:\s+(\d+)/, "number of failed requests");
        return {
          done: numberIn(stdout, /Complete requests:\s+(\d+)/, "number of requests") - failed,
          failed,
          p99Ms: numberIn(percentiles, /^99,([\d.]+)$/m, "99th percentile"),
        };
      },
    };
  },
};
