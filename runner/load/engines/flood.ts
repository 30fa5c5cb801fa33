import { AGENT } from "../../delivery/programs.ts";
import { keepSecret } from "../../secrets.ts";
import { type HttpEngine, type HttpTask, plainReport, WORKER_FILES } from "./engine.ts";
import { demandOpen, LEAVES_NO_TIMELINES, NEEDS_SCHEDULE, onlyTarget, openLoadSpec } from "./open-load.ts";

const SPEC_FILE = "flood.json";

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
  worker(load, task, terms) {
    const spec = JSON.stringify({
      target: onlyTarget(task),
      ...requestSpec(task),
      ...openLoadSpec(demandOpen(load), terms),
    });
    if (task.secret) keepSecret(...Object.values(task.request?.headers ?? {}));
    // Of a request of the user's a file: a variable is in the pod's spec, and has no room for a large body.
    if (!task.request && !task.secret) return { command: [AGENT, "flood"], environment: { PACKETWALK_FLOOD: spec } };
    return {
      command: [AGENT, "flood", "--spec", `${WORKER_FILES}/${SPEC_FILE}`],
      environment: {},
      files: { [SPEC_FILE]: spec },
      filesAreSecret: task.secret ?? false,
    };
  },
};

/** What the flood is told only where it differs from its defaults. */
function requestSpec({ request, keepAliveRatio, tls }: HttpTask) {
  return {
    ...(request
      ? {
          method: request.method,
          headers: request.headers,
          body: request.body ?? "",
          expect: [...request.expect],
        }
      : {}),
    ...(keepAliveRatio === undefined ? {} : { keepAliveRatio }),
    ...(tls ? { tls } : {}),
  };
}
