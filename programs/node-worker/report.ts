import type { WorkerReport } from "../../runner/load/worker-report.ts";
import { type TcpCounters, tcpSince } from "./kernel.ts";
import type { LoadClock } from "./load-clock.ts";
import type { Found } from "./lookups/found.ts";
import type { SelfWatch } from "./saturation.ts";
import type { WorkerSpec } from "./spec.ts";
import type { Tally } from "./tally.ts";

/** What an engine has done. */
export interface EngineRun {
  readonly tally: Tally;
  /** To be printed before the report. */
  readonly lines: readonly string[];
  readonly bytesRead: number;
  /** As wanted, or less where the limit of open files was lower. */
  readonly maxInFlight: number;
  readonly timelinesLeftOut: number;
  /** Why the engine was the bottleneck, by what only it knows. */
  readonly saturated: readonly string[];
  /** What became of each name, of an engine that looks names up. */
  readonly found?: Found;
}

/** runner/load's report, and what only this worker tells. */
export interface NodeWorkerReport extends WorkerReport, Partial<Found> {
  readonly engine: WorkerSpec["engine"];
  readonly bytesRead: number;
  readonly maxInFlight: number;
  /** Requests without a timeline line, because of the spec's maxTimelines; 0 for autocannon, which has none. */
  readonly timelinesLeftOut: number;
}

export function reportOf(
  spec: WorkerSpec,
  run: EngineRun,
  clock: LoadClock,
  watch: SelfWatch,
  tcpBefore: TcpCounters,
): NodeWorkerReport {
  const { tally, bytesRead, maxInFlight, timelinesLeftOut } = run;
  const loadMs = clock.nowMs();
  const self = watch.stop({ loadMs, lagP99Ms: tally.scheduleLag.quantileMs(0.99), mostLagMs: spec.mostLagMs });
  return {
    ...run.found,
    engine: spec.engine,
    worker: spec.worker,
    startedAtUnixMs: clock.startedAtUnixMs,
    finishedAtUnixMs: Math.round(clock.startedAtUnixMs + loadMs),
    ...tally.report(),
    tcp: tcpSince(tcpBefore),
    cpu: self.cpu,
    saturated: [...run.saturated, ...self.saturated],
    bytesRead,
    maxInFlight,
    timelinesLeftOut,
  };
}
