/** Joins what load workers and nodes' probes tell, second by second: pure, the time is given. */
import { DROP_COUNTER, risen } from "../../analysis/counters.ts";
import { HistogramSum } from "../../analysis/histogram.ts";
import { status5xxIn } from "../../analysis/rehearsal/stage-verdict.ts";
import { sum } from "../../analysis/samples.ts";
import type { LiveSecond } from "../../load/live-merge.ts";
import type { Tick } from "../../probes/sampler.ts";
import type { CounterName } from "../../result/counters.ts";
import { failuresIn } from "../../result/outcomes.ts";
import type { RehearsedSecond, Slo } from "../../result/rehearsal.ts";

/** How long after its end a second is waited for: a guard that waits longer is late itself. */
const PATIENCE_MS = 1_700;

export const DROPS: readonly CounterName[] = [...new Set(Object.values(DROP_COUNTER))];

interface Reading {
  readonly atMs: number;
  readonly counters: ReadonlyMap<string, number>;
  readonly fill: number | null;
}

interface Joining {
  /** Loads whose seconds belong together. */
  readonly loads: number;
  /** Of each load. */
  readonly workers: number;
  /** Those on p99 have answers counted that take longer. */
  readonly slos: readonly Slo[];
  /** Nodes whose probes do; none: drops are not seen. */
  readonly nodes: readonly string[];
  /** Whole kernels that several nodes share, by node: what is the kernel's is counted once. */
  readonly kernelOf: (node: string) => string;
  /** Counters that rose without the load as well, by their keys. */
  readonly idle: ReadonlySet<string>;
  readonly emit: (second: RehearsedSecond) => void;
}

export class Seconds {
  readonly #joining: Joining;
  readonly #loads = new Map<number, (LiveSecond | undefined)[]>();
  readonly #readings = new Map<string, Reading[]>();
  #next = 0;

  constructor(joining: Joining) {
    this.#joining = joining;
    for (const node of joining.nodes) this.#readings.set(node, []);
  }

  /** @param load which of them */
  load(load: number, second: LiveSecond): void {
    const seconds = this.#loads.get(second.atS) ?? Array.from({ length: this.#joining.loads });
    seconds[load] = second;
    this.#loads.set(second.atS, seconds);
    this.#emitWhole();
  }

  /** @param atMs of the sample, from the load's start, on the load's clock */
  tick(node: string, atMs: number, { samples }: Pick<Tick, "samples">): void {
    const counters = new Map<string, number>();
    let fill: number | null = null;
    for (const { where, counters: read } of samples) {
      for (const name of DROPS) {
        const value = read[name];
        if (value !== undefined) counters.set(dropKey(where, name, node, this.#joining.kernelOf), value);
      }
      const { conntrackEntries, conntrackLimit } = read;
      if (conntrackEntries !== undefined && conntrackLimit)
        fill = Math.max(fill ?? 0, conntrackEntries / conntrackLimit);
    }
    this.#readings.get(node)?.push({ atMs, counters, fill });
    this.#emitWhole();
  }

  /** Passes on seconds that are waited for no longer. */
  lapse(nowMs: number): void {
    while ((this.#next + 1) * 1000 + PATIENCE_MS <= nowMs) this.#emit(this.#next);
  }

  /** Passes on what there is up to the stage's end. */
  end(untilS: number): void {
    while (this.#next < untilS) this.#emit(this.#next);
  }

  #emitWhole(): void {
    while (this.#isWhole(this.#next)) this.#emit(this.#next);
  }

  #isWhole(atS: number): boolean {
    const { loads } = this.#joining;
    const seconds = this.#loads.get(atS)?.filter((each) => each !== undefined) ?? [];
    const endMs = (atS + 1) * 1000;
    return seconds.length === loads && [...this.#readings.values()].every((all) => (all.at(-1)?.atMs ?? 0) >= endMs);
  }

  #emit(atS: number): void {
    this.#next = atS + 1;
    const ofNodes = this.#ofNodes(atS);
    const load = this.#ofLoads(this.#loads.get(atS));
    this.#loads.delete(atS);
    this.#joining.emit({ atS, load, ...ofNodes });
  }

  /** What those tell who do; null: nobody does. */
  #ofLoads(seconds: readonly (LiveSecond | undefined)[] | undefined): RehearsedSecond["load"] {
    const told = seconds?.flatMap((each) => each ?? []) ?? [];
    const { loads, workers, slos } = this.#joining;
    const toldShare = sum(told.map(({ reported }) => reported)) / (loads * workers);
    if (toldShare === 0) return null;
    let [scheduled, ended, failed, status5xx] = [0, 0, 0, 0];
    const latency = new HistogramSum();
    for (const each of told) {
      scheduled += each.scheduled;
      ended += each.ended;
      failed += sum(failuresIn(each.outcomes).map(([, count]) => count));
      status5xx += status5xxIn(each);
      latency.merge(each.okLatency);
    }
    const [p99Ms, over] = [latency.quantileMs(0.99), overLimit(latency, slos)];
    return { scheduled, ended, failed, status5xx, p99Ms, overLimit: over, toldShare };
  }

  /** Drops are null where a node was not read both before and after the second. */
  #ofNodes(atS: number): Pick<RehearsedSecond, "drops" | "background" | "fill"> {
    const rises = new Map<string, number>();
    let [isSeen, fill] = [this.#readings.size > 0, null as number | null];
    for (const readings of this.#readings.values()) {
      const [before, after] = about(readings, atS * 1000);
      if (before === undefined || after === undefined) {
        isSeen = false;
        continue;
      }
      if (after.fill !== null) fill = Math.max(fill ?? 0, after.fill);
      for (const [key, value] of after.counters) {
        // A namespace that is new began with zero: its first reading is all that happened.
        const earlier = lastOf(readings, key, before.atMs) ?? 0;
        const rise = risen(key.split(" ").at(-1) as CounterName, value - earlier) ?? value;
        rises.set(key, Math.max(rises.get(key) ?? 0, rise));
      }
    }
    if (!isSeen) return { drops: null, background: null, fill };
    const background = [...rises].filter(([key]) => this.#joining.idle.has(key));
    return { drops: sum([...rises.values()]), background: sum(background.map(([, rise]) => rise)), fill };
  }
}

/** How many took longer than each SLO on p99 allows, by its name. */
export function overLimit(latency: HistogramSum, slos: readonly Slo[]): Record<string, number> {
  return Object.fromEntries(
    slos.flatMap(({ kind, name, most }) =>
      kind === "latency-p99-ms" ? [[name, latency.countWhere((ms) => ms > most)] as const] : [],
    ),
  );
}

/** A counter's last value up to an instant; undefined: its place had not been read by then. */
function lastOf(readings: readonly Reading[], key: string, untilMs: number): number | undefined {
  return readings.findLast(({ atMs, counters }) => atMs <= untilMs && counters.has(key))?.counters.get(key);
}

/** The last readings before a second began and before it ended; undefined where there is none in it. */
function about(readings: readonly Reading[], fromMs: number): readonly [Reading | undefined, Reading | undefined] {
  const before = readings.findLast(({ atMs }) => atMs <= fromMs);
  const after = readings.findLast(({ atMs }) => atMs > fromMs && atMs <= fromMs + 1000);
  return [before, after];
}

/** By which a place's counter is known; of the whole kernel's there is one, however many nodes read it. */
export function dropKey(where: string, name: CounterName, node: string, kernelOf: Joining["kernelOf"]): string {
  return `${name === "softnetDropped" ? kernelOf(node) : `${node}/${where}`} ${name}`;
}
