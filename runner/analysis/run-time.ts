import type { Result } from "../result/result.ts";
import { sum } from "./samples.ts";

/** How long a run has been at work: without the time in between, where it was interrupted and resumed. */
export function atWorkMs({ startedAt, resumed = [] }: Pick<Result, "startedAt" | "resumed">, untilUnixMs: number) {
  return untilUnixMs - Date.parse(startedAt) - pausedMs(resumed);
}

/** The time in between. */
export function pausedMs(resumed: NonNullable<Result["resumed"]>): number {
  return sum(resumed.map(({ interruptedAt, at }) => Date.parse(at) - Date.parse(interruptedAt)));
}
