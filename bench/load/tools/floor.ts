import { compileC } from "../programs/build.ts";
import { type ClosedTool, Reported } from "./tool.ts";

export const floor: ClosedTool = {
  name: "floor",
  about: "a minimal C epoll loop",
  loop: "closed",
  async prepare(update) {
    const file = await compileC("floor", update);
    return {
      invoke: ({ port, inFlight, durationMs }) => ({ file, args: [port, inFlight, durationMs].map(String) }),
      read: async ({ stdout }) => Reported.parse({ ...JSON.parse(stdout), p99Ms: null }),
    };
  },
};
