/**
 * Open-loop arrivals for plain k6 scripts, told to whoever measures: `k6 run --out packetwalk` of packetwalk's own k6
 * counts latency from the intended instants; under any other k6 the marks are metadata that nobody needs to read.
 */
import exec from "k6/execution";
import type { ConstantArrivalRateScenario, RampingArrivalRateScenario } from "k6/options";
import {
  areaOf,
  msInto,
  peakPerSecond,
  type Stage,
  scheduledRequests,
  scheduleMs,
} from "../../../../runner/load/schedule/schedule.ts";

/** k6's rates are whole numbers: they are given for this long, so that they are exact to 0.001/s. */
const TIME_UNIT_S = 1000;
/**
 * k6 ends a scenario without a word about iterations that it had no time to begin. So the scenario lasts longer than the
 * schedule, and what comes after the schedule's end is left undone.
 */
const SLACK_MS = 2000;

export interface Arrivals {
  /** The scenario that makes the stages' arrivals, one iteration each; k6's VUs are what bounds the requests in flight. */
  scenario(vus: {
    preAllocatedVUs: number;
    maxVUs: number;
    /** How long iterations in flight at the end may still take. */
    gracefulStopMs: number;
    /** Of several load generators, which one: each begins at another phase. */
    worker?: number;
  }): ConstantArrivalRateScenario | RampingArrivalRateScenario;
  /**
   * Marks the iteration's requests with their intended instant; call it first. False: the schedule is over, and the
   * iteration has nothing to do.
   */
  begin(): boolean;
}

/** An even schedule; k6 has no Poisson arrivals. */
export function evenArrivals(stages: readonly Stage[]): Arrivals {
  const total = Math.ceil(scheduledRequests({ stages, arrivals: "constant" }) - 1e-6);
  const durationMs = scheduleMs({ stages, arrivals: "constant" });
  const first = stages[0];
  if (!first || !(total > 0)) throw new Error("the schedule has no requests");
  const steady = stages.every(
    (stage) => stage.fromPerSecond === first.fromPerSecond && stage.toPerSecond === first.fromPerSecond,
  );
  // k6 ramps make the first arrival when one is due, not at once (lib/executor/ramping_arrival_rate.go, cal).
  const offsetMs = steady ? everyMs(first.fromPerSecond) : (arrival: number) => msUntil(arrival + 1, stages);
  return {
    scenario({ preAllocatedVUs, maxVUs, gracefulStopMs, worker = 0 }) {
      const common = {
        timeUnit: `${TIME_UNIT_S}s`,
        preAllocatedVUs,
        maxVUs,
        gracefulStop: `${gracefulStopMs}ms`,
        startTime: `${phaseUs(worker, peakPerSecond({ stages, arrivals: "constant" }))}us`,
      };
      if (steady) {
        const rate = wholeRate(first.fromPerSecond);
        return { executor: "constant-arrival-rate", rate, duration: `${durationMs + SLACK_MS}ms`, ...common };
      }
      return {
        executor: "ramping-arrival-rate",
        startRate: wholeRate(first.fromPerSecond),
        stages: k6Stages(stages),
        ...common,
      };
    },
    begin() {
      const arrival = exec.scenario.iterationInTest;
      if (arrival >= total) return false;
      const intendedMs = offsetMs(arrival);
      // k6 tells the start in whole ms, but its progress exactly: until the scenario's end, that is.
      const wholeMs = durationMs + SLACK_MS;
      const { progress, startTime } = exec.scenario;
      const elapsedMs = progress < 1 ? progress * wholeMs : Date.now() - startTime;
      exec.vu.metrics.metadata.scheduled_at_ms = (startTime + intendedMs).toFixed(3);
      exec.vu.metrics.metadata.schedule_lag_ms = Math.max(elapsedMs - intendedMs, 0).toFixed(3);
      // A ramp's clock starts when k6 has activated the scenario's VUs, and no script can see when that is.
      if (!steady) exec.vu.metrics.metadata.schedule_start = "unknown";
      return true;
    },
  };
}

const wholeRate = (perSecond: number) => Math.round(perSecond * TIME_UNIT_S);

/** k6's own ticks: whole ns apart (lib/executor/helpers.go, getTickerPeriod). */
function everyMs(perSecond: number): (arrival: number) => number {
  const periodNs = Math.floor((TIME_UNIT_S * 1e9) / wholeRate(perSecond));
  return (arrival) => (arrival * periodNs) / 1e6;
}

/** Several workers' arrivals lie between each other's, by the golden ratio's multiples. */
function phaseUs(worker: number, perSecond: number): number {
  return Math.floor((((worker * 0.618_033_988_75) % 1) * 1e6) / perSecond);
}

/** k6 ramps from where the stage before ended; a stage of no length jumps. */
function k6Stages(stages: readonly Stage[]): { target: number; duration: string }[] {
  const k6 = stages.flatMap(({ durationMs, fromPerSecond, toPerSecond }) => [
    { target: wholeRate(fromPerSecond), duration: "0s" },
    { target: wholeRate(toPerSecond), duration: `${durationMs}ms` },
  ]);
  const last = stages.at(-1)?.toPerSecond ?? 0;
  return [...k6, { target: wholeRate(last), duration: `${SLACK_MS}ms` }];
}

/** Where the area under the rate reaches the arrival's number. */
function msUntil(arrival: number, stages: readonly Stage[]): number {
  let left = arrival;
  let startMs = 0;
  for (const stage of stages) {
    const area = areaOf(stage);
    if (left < area) return startMs + msInto(stage, left);
    left -= area;
    startMs += stage.durationMs;
  }
  return startMs;
}
