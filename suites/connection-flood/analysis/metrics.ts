/** The metrics by which a flood of short-lived connections is judged, unless a suite says otherwise. */
import {
  connectionsPerSecond,
  drops,
  latency,
  type MetricSpec,
  okLatency,
  portExhausted,
  successRate,
  timeWaitSockets,
} from "../../../runner/analysis/metrics.ts";

/**
 * Three primaries, corrected together. What users feel beside them (the latency of what ends well, the median) can make a run
 * worse, and not better.
 */
export const CONNECTION_FLOOD_METRICS: readonly [MetricSpec, ...MetricSpec[]] = [
  // One request in 200: less is within what retries hide. Where many fail anyway, a tenth of them, as for drops.
  successRate({ primary: true, floor: { absolute: 0.5, relative: 0.1 } }),
  // A flood block schedules thousands of connections; 20 lost packets are below the success rate's floor.
  drops({ primary: true, floor: { absolute: 20, relative: 0.1 } }),
  // A lost SYN costs 1000 ms; 20 ms is what a busy two-core machine wobbles by.
  latency("p99", { primary: true, floor: { absolute: 20, relative: 0.1 } }),
  // Where failures wait for their timeout, they hide what became of the rest.
  okLatency("p99", { primary: false, floor: { absolute: 20, relative: 0.1 } }),
  latency("p50", { primary: false, floor: { absolute: 2, relative: 0.1 } }),
  // A handful of requests decide it, so it moves more than p99 does.
  latency("p999", { primary: false, floor: { absolute: 25, relative: 0.2 } }),
  // Arms whose send rate differs by more than 2 % are not compared at all; a smaller difference means nothing.
  connectionsPerSecond({ primary: false, floor: { relative: 0.02 } }),
  portExhausted({ primary: false, floor: { absolute: 20, relative: 0.1 } }),
  timeWaitSockets({ primary: false, floor: { absolute: 5 } }),
];
