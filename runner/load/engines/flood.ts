import type { LoadEngine } from "./engine.ts";
import {
  demandOpen,
  LEAVES_NO_TIMELINES,
  NEEDS_SCHEDULE,
  onlyTarget,
  openLoadSpec,
  SENDS_REQUESTS,
} from "./open-load.ts";

/** packetwalk's own: raw sockets and epoll, no memory per request (programs/agent/flood). */
export const flood: LoadEngine = {
  name: "flood",
  summary: "packetwalk's own: open loop, raw sockets, tens of thousands of connections a second from one core",
  image: "agent",
  cpuRequest: "10m",
  warmsUp: false,
  cannot(load, { needsTimelines, looksNamesUp }) {
    if (looksNamesUp) return SENDS_REQUESTS;
    if (load.model !== "open") return NEEDS_SCHEDULE;
    return needsTimelines ? LEAVES_NO_TIMELINES : undefined;
  },
  worker: (load, assignment) => ({
    command: ["/packetwalk-agent", "flood"],
    environment: {
      PACKETWALK_FLOOD: JSON.stringify({
        target: onlyTarget(assignment),
        ...openLoadSpec(demandOpen(load), assignment),
      }),
    },
  }),
};
