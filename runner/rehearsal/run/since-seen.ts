/** Drops in pods that a probe found while it was at work: what they had counted before is nobody's here. Pure. */
import { DROP_COUNTER } from "../../analysis/counters.ts";
import type { Tick } from "../../probes/sampler.ts";

type Samples = Tick["samples"];
type Counters = Samples[number]["counters"];

/** Of one node, tick by tick. */
export class SinceSeen {
  /** By place. */
  readonly #last = new Map<string, { readonly read: Counters; readonly told: Counters }>();
  #before: ReadonlySet<string> = new Set();

  /**
   * Pods' drops as they rose since they were seen; those of a pod that is new began with zero, and all of them counts. Over a
   * time in which a pod was not there they rise by nothing.
   */
  samples(samples: Samples): Samples {
    const there = new Set(samples.map(({ where }) => where));
    const told = samples.map((sample) => {
      const { where, counters, began } = sample;
      if (!where.startsWith("pod:")) return sample;
      const last = this.#last.get(where);
      const isAnew = !began && !this.#before.has(where);
      // From here on they rise as they are read.
      const read = isAnew ? counters : (last?.read ?? {});
      const now = drops(counters, (value, name) => (last?.told[name] ?? 0) + value - (read[name] ?? 0));
      this.#last.set(where, { read: counters, told: now });
      return { ...sample, counters: { ...counters, ...now } };
    });
    this.#before = there;
    return told;
  }
}

const DROPS = [...new Set(Object.values(DROP_COUNTER))];

function drops(counters: Counters, of: (value: number, name: keyof Counters) => number): Counters {
  const read = DROPS.flatMap((name) => {
    const value = counters[name];
    return value === undefined ? [] : [[name, of(value, name)] as const];
  });
  return Object.fromEntries(read);
}
