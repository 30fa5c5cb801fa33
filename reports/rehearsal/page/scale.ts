/** Axes of the sheet's drawings: from zero on, linear. */

/** About `count` round numbers from 0 up to `end`. */
export function ticks(end: number, count: number): number[] {
  if (!(end > 0)) return [0];
  const rough = end / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  return multiples(step, end);
}

const ROUND_SECONDS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** The same of seconds, at round instants of a clock. */
export function clockTicks(endS: number, count: number): number[] {
  const longest = 86_400;
  const step = ROUND_SECONDS.find((each) => endS / each <= count) ?? longest * Math.ceil(endS / longest / count);
  return multiples(step, endS);
}

function multiples(step: number, end: number): number[] {
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** From a value to a place, to a tenth of a pixel. */
export function linear(end: number, from: number, to: number): (value: number) => number {
  return (value) => Math.round((from + (end > 0 ? value / end : 0) * (to - from)) * 10) / 10;
}
