/**
 * npm run bench:merge: what merging the reports of many workers costs. Each report comes as the text that a worker
 * prints; timed are parsing and checking it, and adding it to what was merged before.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMerge } from "../../runner/load/merge.ts";
import { WorkerReport } from "../../runner/load/worker-report.ts";
import { generateReport } from "./generate.ts";

const WORKERS = 1000;
const VALUES = 50_000;
/** 10 s of load. */
const SLICES = 40;
/** Reports that differ; each stands for several workers. */
const DISTINCT = 20;
const MOST_MERGE_MS = 1000;
/** A histogram of three digits has 2⁻¹⁰ of relative error at most. */
const MOST_P99_ERROR = 1 / 1024;
/** Of the heap, per worker: less than a thousandth of what its report takes as text. */
const MOST_GROWTH_BYTES = 100;

const { values: flags } = parseArgs({ options: { json: { type: "boolean", default: false } } });

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
/** Buffers are swept behind the collection's back: only after a pause is it known what is left. */
const heapBytes = async () => {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await sleep(20);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

process.stderr.write(`Generating ${DISTINCT} reports with ${VALUES} values in each histogram …\n`);
const generated = Array.from({ length: DISTINCT }, (_, worker) => generateReport(worker, VALUES, SLICES));
const texts = generated.map(({ report }) => JSON.stringify(report));

const merge = createMerge();
let parseMs = 0;
let mergeMs = 0;
let heapAfterFewBytes = 0;
for (let worker = 0; worker < WORKERS; worker++) {
  const begun = performance.now();
  const report = WorkerReport.parse(JSON.parse(texts[worker % DISTINCT] ?? ""));
  const parsed = performance.now();
  merge.add(report);
  parseMs += parsed - begun;
  mergeMs += performance.now() - parsed;
  if (worker + 1 === WORKERS / 10) heapAfterFewBytes = await heapBytes();
}
const growthBytes = ((await heapBytes()) - heapAfterFewBytes) / (0.9 * WORKERS);
const begun = performance.now();
const merged = merge.result();
const p99Ms = merged.histograms.latency.quantileMs(0.99) ?? Number.NaN;
mergeMs += performance.now() - begun;

const all = Float64Array.from(generated.flatMap(({ latenciesUs }) => [...latenciesUs])).sort();
const exactP99Ms = (all[Math.ceil(0.99 * all.length) - 1] ?? Number.NaN) / 1000;
const p99Error = Math.abs(p99Ms - exactP99Ms) / exactP99Ms;
const result = {
  workers: merged.workers,
  requests: merged.scheduled,
  mergeMs: Math.round(mergeMs),
  parseMs: Math.round(parseMs),
  heapGrowthBytesPerWorker: Math.round(growthBytes),
  reportBytes: Math.round(texts.reduce((total, text) => total + text.length, 0) / DISTINCT),
  p99Ms,
  exactP99Ms,
};
const failures = [
  ...(mergeMs < MOST_MERGE_MS ? [] : [`merging took ${result.mergeMs} ms, more than ${MOST_MERGE_MS} ms`]),
  ...(growthBytes < MOST_GROWTH_BYTES ? [] : [`memory grew by ${result.heapGrowthBytesPerWorker} bytes a worker`]),
  ...(p99Error <= MOST_P99_ERROR ? [] : [`p99 is ${p99Ms} ms, of all values it is ${exactP99Ms} ms`]),
  ...(merged.scheduled === WORKERS * VALUES ? [] : [`${merged.scheduled} requests of ${WORKERS * VALUES}`]),
];

if (flags.json) process.stdout.write(`${JSON.stringify({ ...result, failures })}\n`);
else {
  process.stdout.write(
    [
      `${result.workers} workers, ${result.requests} requests, ${SLICES} slices, ${result.reportBytes} bytes a report`,
      `merging             ${result.mergeMs} ms (and ${result.parseMs} ms to parse and check the reports' JSON)`,
      `memory              ${result.heapGrowthBytesPerWorker} bytes a worker, from the 100th to the last`,
      `p99 of the latency  ${p99Ms} ms merged, ${exactP99Ms} ms of all values`,
      ...failures.map((failure) => `✗ ${failure}`),
      ...(failures.length === 0
        ? ["✓ under a second, in constant memory, and exact to the histogram's resolution"]
        : []),
      "",
    ].join("\n"),
  );
}
process.exitCode = failures.length === 0 ? 0 : 1;
