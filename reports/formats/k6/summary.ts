/** k6's end-of-test summary, in both of its forms: what `handleSummary` is given, and what `--summary-export` writes. */
import type { RunReport } from "../run-report.ts";
import { TREND_STATS } from "./kinds.ts";
import { k6Metrics } from "./metrics.ts";
import type { MetricData } from "./submetrics.ts";

interface K6Data {
  readonly metrics: Readonly<Record<string, MetricData>>;
  readonly root_group: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** There are no groups and no checks; the ID is that of a group without a name. */
const ROOT = { name: "", path: "", id: "d41d8cd98f00b204e9800998ecf8427e" };

export function k6Data(run: RunReport): K6Data {
  const { metrics, underLoadMs } = k6Metrics(run);
  return {
    root_group: { ...ROOT, groups: [], checks: [] },
    options: { summaryTrendStats: TREND_STATS, summaryTimeUnit: "", noColor: true },
    state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: underLoadMs },
    metrics,
  };
}

/** As k6 makes the one of the other (internal/js/summary-wrapper.js): values alone, and of a threshold whether it was crossed. */
export function exportedMetric({ type, values, thresholds }: MetricData): Readonly<Record<string, unknown>> {
  const { rate, ...others } = values;
  const shown = type === "rate" && rate !== undefined ? { ...others, value: rate } : values;
  if (thresholds === undefined) return shown;
  const crossed = Object.entries(thresholds).map(([source, { ok }]) => [source, !ok] as const);
  return { ...shown, thresholds: Object.fromEntries(crossed) };
}

export function renderK6Data(run: RunReport): string {
  return text(k6Data(run));
}

export function renderK6Export(run: RunReport): string {
  const metrics = Object.entries(k6Data(run).metrics).map(([name, metric]) => [name, exportedMetric(metric)] as const);
  return text({ root_group: { ...ROOT, groups: {}, checks: {} }, metrics: Object.fromEntries(metrics) });
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 4)}\n`;
}
