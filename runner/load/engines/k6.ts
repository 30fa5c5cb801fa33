import { programPath } from "../../delivery/programs.ts";
import { bundledScript } from "../k6-script.ts";
import { type HttpEngine, plainReport, WORKER_FILES } from "./engine.ts";
import {
  cannotBePlain,
  demandOpen,
  LEAVES_NO_TIMELINES,
  NEEDS_SCHEDULE,
  onlyTarget,
  openLoadSpec,
  peakPerWorker,
} from "./open-load.ts";

const SCRIPT = "load.js";
/** With one core to itself k6 held 560 new connections/s (npm run bench:load). */
const MOST_PER_WORKER_PER_SECOND = 500;

/** k6 with a script of the suite's, and our output, which turns its requests into a worker's report. */
export const k6: HttpEngine = {
  name: "k6",
  summary: "k6 with the suite's script, at its constant or ramping arrival rate",
  image: "busybox",
  programs: ["agent", "k6"],
  cpuRequest: "100m",
  warmsUp: true,
  report: plainReport,
  cannot(load, needs) {
    const { k6Script, timelines } = needs;
    if (load.model !== "open") return NEEDS_SCHEDULE;
    if (timelines) return LEAVES_NO_TIMELINES;
    if (k6Script === undefined) return "runs a suite's k6 script, and this suite has none";
    if (load.schedule.arrivals === "poisson")
      return "has evenly spaced arrivals only, and this load's are to be random";
    const other = cannotBePlain(needs);
    if (other !== undefined) return other;
    const peak = peakPerWorker(load);
    if (peak <= MOST_PER_WORKER_PER_SECOND) return undefined;
    return `holds at most ${MOST_PER_WORKER_PER_SECOND} new connections/s a worker, and this load asks ${Math.ceil(peak)} of each`;
  },
  async worker(load, task, terms) {
    const why = cannotBePlain(task);
    if (why !== undefined || task.secret) throw new Error(`this engine ${why ?? "keeps no secret"}`);
    const { k6Script } = task;
    if (k6Script === undefined) throw new Error("this suite has no k6 script");
    return {
      command: [
        programPath("k6"),
        "run",
        "--quiet",
        "--no-usage-report",
        "--out",
        "packetwalk",
        `${WORKER_FILES}/${SCRIPT}`,
      ],
      environment: {
        PACKETWALK_LOAD: JSON.stringify({
          target: onlyTarget(task),
          ...openLoadSpec(demandOpen(load), terms),
        }),
      },
      files: { [SCRIPT]: await bundledScript(k6Script) },
    };
  },
};
