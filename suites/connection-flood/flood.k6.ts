/**
 * The connection flood in packetwalk's own k6: no virtual user per request, and a verdict by thresholds.
 * `PACKETWALK_LOAD='{…}' npm run k6 -- run --no-gate suites/connection-flood/flood.k6.ts`
 */
import type { Options } from "k6/options";
import { flood } from "k6/x/packetwalk";
import { loadFromEnvironment } from "../k6-support/load.ts";

const { target, stages, arrivals = "constant", timeoutMs, maxInFlight, seed = 1 } = loadFromEnvironment();
const loadMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);

export const options: Options = {
  scenarios: {
    flood: { executor: "per-vu-iterations", vus: 1, iterations: 1, maxDuration: `${loadMs + timeoutMs + 10_000}ms` },
  },
  thresholds: {
    packetwalk_failed_share: ["value<=0.001"],
    "packetwalk_latency{quantile:p99}": ["value<1000"],
    // Without these two there is no evidence.
    packetwalk_not_sent: ["count==0"],
    packetwalk_saturated: ["value==0"],
  },
};

export default function connectionFlood(): void {
  flood({
    target: `http://${target.address}${target.path ?? "/"}`,
    host: target.host ?? target.address,
    schedule: { stages, arrivals },
    timeoutMs,
    maxInFlight,
    seed,
  });
}
