import type { WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import { nodeCommand } from "../node-command.ts";
import { type HttpEngine, plainReport } from "./engine.ts";
import { cannotBeOther, demandPlain, LEAVES_NO_TIMELINES, onlyTarget } from "./open-load.ts";

/** Closed loop: what can this take? It slows down with its target, so it is never the engine of a verdict on latency. */
export const autocannon: HttpEngine = {
  name: "autocannon",
  summary: "closed loop: as many requests as are answered, to see what a target can take",
  image: "node",
  programs: ["agent", "node-worker.cjs"],
  cpuRequest: "100m",
  warmsUp: true,
  report: plainReport,
  cannot(load, needs) {
    if (load.model === "open")
      return "sends only as fast as it is answered, so it cannot keep this load's schedule (a stall of the target would hide itself)";
    return needs.timelines ? LEAVES_NO_TIMELINES : cannotBeOther(needs);
  },
  worker(load, task, terms) {
    const { sliceMs, gateTimeoutMs } = terms;
    demandPlain(task, terms);
    if (load.model !== "closed") throw new Error("autocannon has no schedule");
    return {
      command: nodeCommand(),
      environment: {
        PACKETWALK_LOAD: JSON.stringify({
          engine: "autocannon",
          target: onlyTarget(task),
          connections: Math.ceil(load.connections / load.workers),
          durationMs: load.durationMs,
          timeoutMs: load.timeoutMs,
          sliceMs,
          gateTimeoutMs,
          keepAlive: false,
        } satisfies WorkerSpecInput),
      },
    };
  },
};
