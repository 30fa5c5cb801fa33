import type { WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import { nodeCommand } from "../node-command.ts";
import { type HttpEngine, plainReport } from "./engine.ts";
import { cannotBeOther, demandOpen, demandPlain, NEEDS_SCHEDULE, openLoadSpec, peakPerWorker } from "./open-load.ts";

/** One process held 1 000 new connections a second with a lag of about 2 ms at p99, and 3 ms at 2 000. */
const MOST_PER_WORKER_PER_SECOND = 1000;
/** And as many of failed requests: a pod's log is rotated at 10 MiB by default, and a timeline takes some 250 bytes. */
const MOST_TIMELINES = 15_000;

/** A tracer: slower, but it writes down every request's phases, the pod that answered, and the exact error. */
export const undici: HttpEngine = {
  name: "undici",
  summary: "a tracer: open loop, one timeline a request with its phases, the pod that answered and the exact error",
  image: "node",
  programs: ["agent", "node-worker.cjs"],
  cpuRequest: "250m",
  warmsUp: true,
  report: plainReport,
  cannot(load, needs) {
    if (load.model !== "open") return NEEDS_SCHEDULE;
    const other = cannotBeOther(needs);
    if (other !== undefined) return other;
    const peak = peakPerWorker(load);
    if (peak <= MOST_PER_WORKER_PER_SECOND) return undefined;
    return `traces at most ${MOST_PER_WORKER_PER_SECOND} requests/s a worker, and this load asks ${Math.ceil(peak)} of each`;
  },
  worker(load, task, terms) {
    demandPlain(task, terms);
    return {
      command: nodeCommand(),
      environment: {
        PACKETWALK_LOAD: JSON.stringify({
          engine: "undici",
          targets: [...task.targets],
          ...(task.methods ? { methods: [...task.methods] } : {}),
          ...openLoadSpec(demandOpen(load), terms),
          maxTimelines: MOST_TIMELINES,
          ...(demandOpen(load).mostLagMs === undefined ? {} : { mostLagMs: demandOpen(load).mostLagMs }),
        } satisfies WorkerSpecInput),
      },
    };
  },
};
