import { setTimeout as sleep } from "node:timers/promises";
import { runAutocannon } from "./autocannon/run.ts";
import { readTcpCounters } from "./kernel.ts";
import { type LoadClock, loadClock } from "./load-clock.ts";
import { runLookups } from "./lookups/run.ts";
import { type EngineRun, type NodeWorkerReport, reportOf } from "./report.ts";
import { watchSelf } from "./saturation.ts";
import type { WorkerSpec } from "./spec.ts";
import { runUndici } from "./undici/run.ts";

export interface WorkerOutput {
  /** Timelines, each a line. */
  readonly lines: readonly string[];
  readonly report: NodeWorkerReport;
}

/**
 * Drives the load from an instant on (at once if that is past) and reports when the last request has ended. When the
 * signal is aborted it begins no more requests, waits for those in flight, and reports on what there was until then.
 */
export async function runWorker(spec: WorkerSpec, startAtUnixMs: number, signal: AbortSignal): Promise<WorkerOutput> {
  const tcpBefore = readTcpCounters();
  const clock = loadClock(startAtUnixMs);
  await until(clock.nowMs(), signal);
  const watch = watchSelf();
  const run = await runEngine(spec, clock, signal);
  return { lines: run.lines, report: reportOf(spec, run, clock, watch, tcpBefore) };
}

function runEngine(spec: WorkerSpec, clock: LoadClock, signal: AbortSignal): Promise<EngineRun> {
  switch (spec.engine) {
    case "undici":
      return runUndici(spec, clock, signal);
    case "autocannon":
      return runAutocannon(spec, clock, signal);
    case "lookups":
      return runLookups(spec, clock, signal);
  }
}

/** Sleeps until shortly before the start, if that is to come; the engines' own pace does the rest. */
async function until(nowMs: number, signal: AbortSignal): Promise<void> {
  const sleepMs = -nowMs - 20;
  if (sleepMs > 0) await sleep(sleepMs, undefined, { signal }).catch(() => {});
}
