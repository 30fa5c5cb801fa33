/** What a closed loop can be judged by: how much was answered, and whether it was answered well. */
import {
  connectionsPerSecond,
  drops,
  latency,
  type MetricSpec,
  portExhausted,
  successRate,
} from "../../../runner/analysis/metrics.ts";

export const SATURATION_METRICS: readonly [MetricSpec, ...MetricSpec[]] = [
  // Generator and target compete for the same cores in the lab, and blocks of one arm differ by some percent there.
  connectionsPerSecond({ primary: true, floor: { relative: 0.1 } }),
  successRate({ primary: true, floor: { absolute: 0.5, relative: 0.1 } }),
  drops({ primary: false, floor: { absolute: 20, relative: 0.1 } }),
  portExhausted({ primary: false, floor: { absolute: 20, relative: 0.1 } }),
  // From a request's begin: a stall delays at most as many requests as are in flight.
  latency("p50", { primary: false, floor: { absolute: 2, relative: 0.1 } }),
  latency("p99", { primary: false, floor: { absolute: 50, relative: 0.2 } }),
];
