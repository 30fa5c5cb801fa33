/** What samples that somebody scraped say of a stretch of time. Pure. */
import { risen } from "../analysis/counters.ts";
import { CounterName } from "../result/counters.ts";

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time. */
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
}

/** On the clock of who scraped. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Rise {
  /** Where it is not whole, the least that it can be. */
  readonly by: number;
  /** Whether all of the stretch is in it. */
  readonly isWhole: boolean;
}

/**
 * What a counter rose by: from the last sample before the stretch to the first after it. One that began anew counts on from zero;
 * what it had counted since its last sample is not known.
 * @param counter its name, where it is one of a kernel's: some of those pass their end and are no new beginning
 * @param beganAtZero whether a first sample within the stretch is all that it had counted
 */
export function riseIn({ samples }: Series, stretch: Stretch, counter: string, beganAtZero: boolean): Rise {
  const around = samplesAround(samples, stretch);
  const [first, ...later] = around;
  if (first === undefined) return { by: 0, isWhole: false };
  const isFromStart = first.atMs <= stretch.fromMs;
  let before = first.value;
  let [by, isWhole] = [!isFromStart && beganAtZero ? first.value : 0, isFromStart || beganAtZero];
  for (const { value } of later) {
    const step = stepOf(counter, value - before);
    if (step === null) isWhole = false;
    by += step ?? value;
    before = value;
  }
  return { by: Math.round(by), isWhole: isWhole && isAfter(around, stretch) };
}

/** Most that counters of one source rose by per second, together, between two samples; null: there are no two. */
export function steepestPerSecond(all: readonly Series[], stretch: Stretch, counter: string): number | null {
  const steps = new Map<number, number>();
  for (const { samples } of all) {
    const around = samplesAround(samples, stretch);
    for (const [index, { atMs, value }] of around.entries()) {
      const before = around[index - 1];
      if (before === undefined) continue;
      const by = stepOf(counter, value - before.value) ?? value;
      // One scrape gives all its samples the same instant.
      steps.set(atMs, (steps.get(atMs) ?? 0) + by / ((atMs - before.atMs) / 1000));
    }
  }
  return steps.size === 0 ? null : Math.max(...steps.values());
}

/** Most that a gauge showed, up to the first sample after the stretch; null: no sample. */
export function mostIn({ samples }: Series, stretch: Stretch): number | null {
  const values = samplesAround(samples, stretch).flatMap(({ atMs, value }) => (atMs > stretch.fromMs ? [value] : []));
  return values.length === 0 ? null : Math.max(...values);
}

/** Whether a sample was taken at the stretch's end or after it. */
export function isAfter(samples: Series["samples"], { toMs }: Stretch): boolean {
  return (samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= toMs;
}

/** The usual time between two samples; null: too few of them. */
export function usualGapMs(all: readonly Series[]): number | null {
  const gaps = all
    .flatMap(({ samples }) => samples.slice(1).map(({ atMs }, index) => atMs - (samples[index]?.atMs ?? atMs)))
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? null;
}

/** From the last before a stretch to the first after it. */
function samplesAround(samples: Series["samples"], { fromMs, toMs }: Stretch): Series["samples"] {
  const before = samples.findLastIndex(({ atMs }) => atMs <= fromMs);
  const after = samples.findIndex(({ atMs }) => atMs >= toMs);
  return samples.slice(Math.max(0, before), after === -1 ? samples.length : after + 1);
}

function stepOf(counter: string, difference: number): number | null {
  const name = CounterName.safeParse(counter);
  if (name.success) return risen(name.data, difference);
  return difference >= 0 ? difference : null;
}
