import { AGENT } from "../../delivery/programs.ts";
import { type HttpEngine, plainReport } from "./engine.ts";
import { demandOpen, LEAVES_NO_TIMELINES, NEEDS_SCHEDULE, onlyTarget, openLoadSpec } from "./open-load.ts";

/** packetwalk's own: raw sockets and epoll, no memory per request (programs/agent/flood). */
export const flood: HttpEngine = {
  name: "flood",
  summary: "packetwalk's own: open loop, raw sockets, tens of thousands of connections a second from one core",
  image: "busybox",
  programs: ["agent"],
  cpuRequest: "10m",
  warmsUp: false,
  report: plainReport,
  cannot(load, { timelines }) {
    if (load.model !== "open") return NEEDS_SCHEDULE;
    return timelines ? LEAVES_NO_TIMELINES : undefined;
  },
  worker: (load, task, terms) => ({
    command: [AGENT, "flood"],
    environment: {
      PACKETWALK_FLOOD: JSON.stringify({
        target: onlyTarget(task),
        ...openLoadSpec(demandOpen(load), terms),
      }),
    },
  }),
};
