/** Reports as load workers print them, with latencies drawn from heavy-tailed distributions of several shapes. */
import { inflateSync } from "node:zlib";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { normalFrom, seededUniform } from "../../runner/analysis/random.ts";
import type { WorkerReport } from "../../runner/load/worker-report.ts";

export interface Generated {
  readonly report: WorkerReport;
  /** The latencies that went into it, in µs. */
  readonly latenciesUs: Float64Array;
}

const LONGEST_US = 60_000_000;

/** Latencies in µs. */
const SHAPES: readonly ((uniform: () => number, normal: () => number) => number)[] = [
  (_, normal) => 400 * Math.exp(0.8 * normal()), // log-normal
  (uniform) => 200 * (1 - uniform()) ** (-1 / 1.2), // Pareto with an infinite variance
  (uniform, normal) => (uniform() < 0.98 ? 300 * Math.exp(0.3 * normal()) : 1_000_000 + 50_000 * uniform()), // lost SYNs
  (uniform, normal) => (uniform() < 0.9 ? 500 * Math.exp(0.4 * normal()) : 200_000 * uniform()), // a target that stalls
];

/** One worker's report: each histogram holds `values` values, and the slices hold them once more. */
export function generateReport(worker: number, values: number, sliceCount: number): Generated {
  const uniform = seededUniform(worker + 1);
  const normal = normalFrom(uniform);
  const shape = SHAPES[worker % SHAPES.length] ?? SHAPES[0];
  const draw = () => Math.min(LONGEST_US, Math.max(1, Math.round(shape?.(uniform, normal) ?? 1)));
  const latenciesUs = Float64Array.from({ length: values }, draw);
  const latency = encode(latenciesUs);
  const perSlice = Math.ceil(values / sliceCount);
  const another = (scale: number) => encode(Float64Array.from({ length: values }, () => Math.ceil(draw() * scale)));
  const report: WorkerReport = {
    engine: "flood",
    worker,
    startedAtUnixMs: 1_700_000_000_000 + worker,
    finishedAtUnixMs: 1_700_000_010_000,
    scheduled: values,
    sent: values,
    outcomes: { ok: values },
    reused: 0,
    histograms: {
      latency,
      okLatency: latency,
      connect: another(0.3),
      tls: "",
      firstByte: another(0.5),
      scheduleLag: another(0.05),
    },
    slices: Array.from({ length: sliceCount }, (_, index) => {
      const part = latenciesUs.subarray(index * perSlice, (index + 1) * perSlice);
      return { atMs: index * 250, scheduled: part.length, ok: part.length, failed: 0, okLatency: encodePlain(part) };
    }),
    tcp: { "Tcp.ActiveOpens": values },
    cpu: { userMs: 500, systemMs: 2000 },
    saturated: [],
  };
  return { report, latenciesUs };
}

/** As the flood writes those of its time slices: the histogram without its zlib stream. */
function encodePlain(valuesUs: Float64Array): string {
  return inflateSync(Buffer.from(encode(valuesUs), "base64").subarray(8)).toString("base64");
}

function encode(valuesUs: Float64Array): string {
  const histogram = build({ highestTrackableValue: 2 ** 27 - 1, numberOfSignificantValueDigits: 3 });
  for (const value of valuesUs) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}
