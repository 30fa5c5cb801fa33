import type { LoadEngine } from "./engine.ts";
import { demandOpen, NEEDS_SCHEDULE, openLoadSpec } from "./open-load.ts";

/** packetwalk's own: raw sockets and epoll, no memory per request (runner/agent/flood). */
export const flood: LoadEngine = {
  name: "flood",
  summary: "packetwalk's own: open loop, raw sockets, tens of thousands of connections a second from one core",
  image: "agent",
  warmsUp: false,
  cannot: (load) => (load.model === "open" ? undefined : NEEDS_SCHEDULE),
  worker: (load, assignment) => ({
    command: ["/packetwalk-agent", "flood"],
    environment: { PACKETWALK_FLOOD: JSON.stringify(openLoadSpec(demandOpen(load), assignment)) },
  }),
};
