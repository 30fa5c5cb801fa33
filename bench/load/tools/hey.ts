import { debianProgram } from "../programs/debian.ts";
import { type ClosedTool, numberIn } from "./tool.ts";

export const hey: ClosedTool = {
  name: "hey",
  about: "Go",
  loop: "closed",
  async prepare(update) {
    const file = await debianProgram("hey", "hey", update);
    return {
      invoke: ({ url, inFlight, durationMs }) => ({
        file,
        args: ["-z", `${durationMs}ms`, "-c", `${inFlight}`, "-disable-keepalive", url],
      }),
      async read({ stdout }) {
        const errors = stdout.split("Error distribution:")[1] ?? "";
        return {
          done: numberIn(stdout, /\[200\]\s+(\d+) responses/, "number of responses"),
          failed: [...errors.matchAll(/^\s+\[(\d+)\]/gm)].reduce((total, [, count]) => total + Number(count), 0),
          p99Ms: 1000 * numberIn(stdout, /99%+ in ([\d.]+) secs/, "99th percentile"),
        };
      },
    };
  },
};
