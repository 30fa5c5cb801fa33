import type { Unit } from "./options.ts";

/** Requests per minute of each minute, from the rates or sums of steps. */
export function minutesOf(values: readonly number[], stepS: number, unit: Unit): number[] {
  const perMinute = values.map((value) => value * factorOf(unit, stepS));
  if (stepS >= 60) return perMinute.flatMap((rate) => Array.from({ length: stepS / 60 }, () => rate));
  const stepsInMinute = 60 / stepS;
  const count = Math.ceil(perMinute.length / stepsInMinute);
  return Array.from({ length: count }, (_, minute) =>
    meanOf(perMinute.slice(minute * stepsInMinute, (minute + 1) * stepsInMinute)),
  );
}

function factorOf(unit: Unit, stepS: number): number {
  if (unit === "per-second") return 60;
  if (unit === "per-minute") return 1;
  if (unit === "per-hour") return 1 / 60;
  return 60 / stepS;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
