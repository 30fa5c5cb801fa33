import { seededUniform } from "../../analysis/random.ts";
import { areaOf, msInto, type Schedule } from "./schedule.ts";

export interface Repetition {
  readonly seed: number;
  /** Which of several generators this is: each has arrivals of its own. */
  readonly worker: number;
}

/**
 * The scheduled instants in order, in ms from the start of the load. Same seed and worker, same instants.
 *
 * The k-th arrival is where the integral of the rate reaches the k-th step: steps of 1 make an even schedule (begun at a
 * random phase, so that workers which share a rate do not all send at once), exponentially distributed ones a Poisson
 * process, also where the rate moves (time-change theorem; Daley & Vere-Jones, An Introduction to the Theory of Point
 * Processes, 7.4). programs/agent/flood does the same in Go; the two draw different random numbers.
 */
export function* instants({ stages, arrivals }: Schedule, { seed, worker }: Repetition): Generator<number> {
  const uniform = seededUniform(seed * 1_000_003 + worker);
  const step = arrivals === "constant" ? () => 1 : () => -Math.log(1 - uniform());
  let next = arrivals === "constant" ? uniform() : step();
  let passed = 0;
  let startMs = 0;
  for (const stage of stages) {
    const area = areaOf(stage);
    for (; next < passed + area; next += step()) yield startMs + msInto(stage, next - passed);
    passed += area;
    startMs += stage.durationMs;
  }
}
