/** What one run says, from the target's records and the client's cost. */
import { lagsMs, quantile } from "./lag.ts";
import type { Run } from "./run.ts";
import { scheduledP99Ms, stalledP99Ms } from "./truth.ts";

export interface ThroughputReading {
  readonly connectionsPerSecond: number;
  /** By the client's user and system time, its start and end included. */
  readonly connectionsPerCpuSecond: number;
  readonly memoryBytes: number;
  /** Of the target's core; near 1 the target, not the tool, was the bottleneck. */
  readonly targetBusyShare: number;
}

export interface LagReading {
  readonly p99Ms: number;
  readonly p999Ms: number;
}

export interface StallReading {
  readonly truthMs: number;
  readonly reportedMs: number | null;
  /** Reported against truth, in percent. */
  readonly errorPercent: number | null;
}

export function throughputOf({ seen, usage }: Run): ThroughputReading {
  const seconds = lastAnswerMs(seen.answeredMs) / 1000;
  return {
    connectionsPerSecond: seen.responses / seconds,
    connectionsPerCpuSecond: seen.responses / usage.cpuSeconds,
    memoryBytes: usage.maxRssBytes,
    targetBusyShare: seen.cpuSeconds / seconds,
  };
}

/** By the kernel's instants of the SYNs where a witness took them down, else by when the target accepted. */
export function lagOf({ seen, begunMs }: Run, ratePerSecond: number): LagReading {
  const lags = lagsMs(begunMs ?? seen.arrivalsMs, ratePerSecond);
  return { p99Ms: required(quantile(lags, 0.99)), p999Ms: required(quantile(lags, 0.999)) };
}

export function stallOf({ seen, reported }: Run, ratePerSecond: number | null): StallReading {
  const truthMs = required(
    ratePerSecond === null
      ? stalledP99Ms(seen.stalls, 0, lastAnswerMs(seen.answeredMs))
      : scheduledP99Ms(seen.arrivalsMs, seen.answeredMs, ratePerSecond),
  );
  const reportedMs = reported.p99Ms;
  return { truthMs, reportedMs, errorPercent: reportedMs === null ? null : (100 * (reportedMs - truthMs)) / truthMs };
}

/** At a quiet tenth of what people notice; a tool that falls behind passes it within a second. */
const MOST_LAG_P99_MS = 10;

/** Whether everything that was scheduled was done, and about on time. */
export function held(run: Run, ratePerSecond: number, durationMs: number): boolean {
  const scheduled = (ratePerSecond * durationMs) / 1000;
  const done = run.reported.failed === 0 && run.seen.responses >= 0.999 * scheduled - 1;
  return done && lagOf(run, ratePerSecond).p99Ms <= MOST_LAG_P99_MS;
}

function lastAnswerMs(answeredMs: Float64Array): number {
  return answeredMs.reduce((last, atMs) => (Number.isNaN(atMs) ? last : Math.max(last, atMs)), 0);
}

function required(value: number | null): number {
  if (value === null) throw new Error("the target saw no connection, or left one without an answer");
  return value;
}
