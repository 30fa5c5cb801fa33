/** k6's kinds of metrics, and what its summary shows of each (k6's metrics/sink.go and internal/js/summary.go). */
import { HistogramSum } from "../../../runner/analysis/histogram.ts";

export type Values = Readonly<Record<string, number>>;

/** @typeParam S what such a metric is made of, one part of a run at a time */
export interface Kind<S> {
  readonly type: "counter" | "gauge" | "rate" | "trend";
  /** Of several parts together; null: nothing was measured. */
  values(samples: readonly S[]): Values | null;
}

/** Time under load, of which several counters may be. */
export interface LoadTime {
  readonly ms: number;
}

export const COUNTER: Kind<{ readonly count: number; readonly over: LoadTime }> = {
  type: "counter",
  values(samples) {
    const count = total(samples.map((each) => each.count));
    const ms = total([...new Set(samples.map(({ over }) => over))].map((over) => over.ms));
    return ms > 0 ? { count, rate: count / (ms / 1000) } : null;
  },
};

/** What is true of a request passes, also where that is its failure. */
export const RATE: Kind<{ readonly passes: number; readonly fails: number }> = {
  type: "rate",
  values(samples) {
    const passes = total(samples.map((each) => each.passes));
    const fails = total(samples.map((each) => each.fails));
    return passes + fails > 0 ? { rate: passes / (passes + fails), passes, fails } : null;
  },
};

/** The last one, and how far all of them lie apart. */
export const GAUGE: Kind<number> = {
  type: "gauge",
  values(samples) {
    const value = samples.at(-1);
    return value === undefined ? null : { value, min: Math.min(...samples), max: Math.max(...samples) };
  },
};

/** What k6 is asked for with --summary-trend-stats. */
export const TREND_STATS = ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"] as const;

/** In ms. Histograms are added: a percentile of the whole is not the mean of its parts'. */
export const TREND: Kind<HistogramSum> = {
  type: "trend",
  values(samples) {
    const whole = new HistogramSum();
    for (const each of samples) whole.merge(each);
    const stats = {
      avg: whole.meanMs(),
      min: whole.quantileMs(0),
      med: whole.quantileMs(0.5),
      max: whole.quantileMs(1),
      "p(90)": whole.quantileMs(0.9),
      "p(95)": whole.quantileMs(0.95),
      "p(99)": whole.quantileMs(0.99),
    } satisfies Record<(typeof TREND_STATS)[number], number | null>;
    const known = Object.entries(stats).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
    return known.length === 0 ? null : Object.fromEntries(known);
  },
};

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
