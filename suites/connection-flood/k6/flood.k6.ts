/**
 * The connection flood in packetwalk's own k6: no virtual user per request, and a verdict by thresholds.
 * `PACKETWALK_LOAD='{…}' npm run k6 -- run --no-gate suites/connection-flood/k6/flood.k6.ts`
 */
import type { Options } from "k6/options";
import { flood } from "k6/x/packetwalk";
import { scheduleMs, shareOf } from "../../../runner/load/schedule/schedule.ts";
import { loadFromEnvironment } from "./support/load.ts";
import { FLOOD_THRESHOLDS } from "./support/thresholds.ts";

const { target, stages, arrivals = "constant", timeoutMs, maxInFlight, seed = 1, tls } = loadFromEnvironment();
/** Instances of a distributed test (execution segments): k6 gives each of them one of the virtual users. */
const instances = Number(__ENV.INSTANCES ?? 1);
const schedule = shareOf({ stages, arrivals }, instances);

export const options: Options = {
  scenarios: {
    flood: {
      executor: "per-vu-iterations",
      vus: instances,
      iterations: 1,
      maxDuration: `${scheduleMs(schedule) + timeoutMs + 10_000}ms`,
    },
  },
  thresholds: FLOOD_THRESHOLDS,
};

export default function connectionFlood(): void {
  flood({
    target: `${tls ? "https" : "http"}://${target.address}${target.path ?? "/"}`,
    host: target.host ?? target.address,
    schedule,
    ...(tls ? { tls } : {}),
    timeoutMs,
    maxInFlight,
    seed,
  });
}
