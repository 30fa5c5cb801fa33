/**
 * One script, several protocols: a flood of new connections runs while users browse over kept-alive HTTP and one holds a
 * WebSocket. What does the flood do to those who do no harm? `TARGET=10.0.0.1:80 WEBSOCKET=ws://10.0.0.1:81/ npm run k6 --
 * run suites/connection-flood/k6/mixed.k6.ts`
 */
import { check, sleep } from "k6";
import http from "k6/http";
import type { Options, Scenario } from "k6/options";
import { clearInterval, setInterval, setTimeout } from "k6/timers";
import { WebSocket } from "k6/websockets";
import { flood } from "k6/x/packetwalk";
import { spike } from "../../../runner/load/schedule/profiles.ts";
import { scheduleMs } from "../../../runner/load/schedule/schedule.ts";

const target = __ENV.TARGET;
if (!target)
  throw new Error("set TARGET to IP:port of the web server, and WEBSOCKET to a ws:// URL for a WebSocket as well");
const websocket = __ENV.WEBSOCKET;

const attack = spike({
  basePerSecond: Number(__ENV.BASE_PER_SECOND ?? 100),
  peakPerSecond: Number(__ENV.PEAK_PER_SECOND ?? 1000),
  beforeMs: 2000,
  riseMs: 500,
  holdMs: 3000,
  fallMs: 500,
  afterMs: 2000,
});
const attackMs = scheduleMs(attack);
const timeoutMs = 3000;

const scenarios: Record<string, Scenario> = {
  attack: {
    executor: "per-vu-iterations",
    exec: "floodOnce",
    vus: 1,
    iterations: 1,
    maxDuration: `${attackMs + timeoutMs + 10_000}ms`,
  },
  browsing: { executor: "constant-vus", exec: "browse", vus: 5, duration: `${attackMs}ms` },
};
if (websocket) {
  scenarios.listening = {
    executor: "per-vu-iterations",
    exec: "listen",
    vus: 1,
    iterations: 1,
    maxDuration: `${attackMs + 10_000}ms`,
  };
}

export const options: Options = {
  scenarios,
  thresholds: {
    "http_req_failed{scenario:browsing}": ["rate==0"],
    "http_req_duration{scenario:browsing}": ["p(99)<1000"],
    packetwalk_saturated: ["value==0"],
    ...(websocket ? { "checks{scenario:listening}": ["rate==1"] } : {}),
  },
};

export function floodOnce(): void {
  flood({ target: `http://${target}/`, schedule: attack, timeoutMs });
}

export function browse(): void {
  check(http.get(`http://${target}/`), { "page is there": ({ status }) => status === 200 });
  sleep(0.1);
}

/** Sends a message each second and counts the echoes. */
export function listen(): void {
  if (!websocket) return;
  const socket = new WebSocket(websocket);
  let sent = 0;
  let echoed = 0;
  socket.onmessage = () => {
    echoed++;
  };
  socket.onopen = () => {
    const ticker = setInterval(() => {
      socket.send(`message ${sent++}`);
    }, 1000);
    setTimeout(() => {
      clearInterval(ticker);
      // The last message may still be on its way.
      const deadline = Date.now() + 5_000;
      const waiting = setInterval(() => {
        if (echoed < sent && Date.now() < deadline) return;
        clearInterval(waiting);
        check(undefined, { "every message was echoed": () => sent > 0 && echoed === sent });
        socket.close();
      }, 500);
    }, attackMs);
  };
}
