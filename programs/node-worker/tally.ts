import type { WorkerReport } from "../../runner/load/worker-report.ts";
import { type CompactHistogram, LatencyHistogram, recordCompactMs } from "./latency-histogram.ts";
import type { Outcome } from "./outcome.ts";

interface Slice {
  scheduled: number;
  ok: number;
  failed: number;
  readonly okLatency: CompactHistogram;
}

export type TallyReport = Pick<WorkerReport, "scheduled" | "sent" | "outcomes" | "reused" | "histograms" | "slices">;

/** Counts what became of the requests. All instants are ms from the start of the load. */
export class Tally {
  readonly latency = new LatencyHistogram();
  readonly okLatency = new LatencyHistogram();
  /** connect(2) to established. */
  readonly connect = new LatencyHistogram();
  readonly tls = new LatencyHistogram();
  /** Request written to first byte of the response. */
  readonly firstByte = new LatencyHistogram();
  /** Scheduled instant to when the generator got to it. */
  readonly scheduleLag = new LatencyHistogram();
  reused = 0;
  readonly #outcomes = new Map<Outcome, number>([["ok", 0]]);
  readonly #slices: Slice[] = [];
  readonly #sliceMs: number;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  schedule(atMs: number): void {
    this.#slice(atMs).scheduled++;
  }

  /** Counts how the request that was scheduled at an instant ended, and how long it took from there. */
  finish(atMs: number, outcome: Outcome, tookMs: number): void {
    this.#outcomes.set(outcome, this.count(outcome) + 1);
    if (outcome !== "not-sent") this.latency.recordMs(tookMs);
    const slice = this.#slice(atMs);
    if (outcome !== "ok") {
      slice.failed++;
      return;
    }
    slice.ok++;
    this.okLatency.recordMs(tookMs);
    recordCompactMs(slice.okLatency, tookMs);
  }

  count(outcome: Outcome): number {
    return this.#outcomes.get(outcome) ?? 0;
  }

  report(): TallyReport {
    const scheduled = this.#slices.reduce((sum, slice) => sum + slice.scheduled, 0);
    return {
      scheduled,
      sent: scheduled - this.count("not-sent"),
      outcomes: { ok: 0, ...Object.fromEntries(this.#outcomes) },
      reused: this.reused,
      histograms: {
        latency: this.latency.encode(),
        okLatency: this.okLatency.encode(),
        connect: this.connect.encode(),
        tls: this.tls.encode(),
        firstByte: this.firstByte.encode(),
        scheduleLag: this.scheduleLag.encode(),
      },
      slices: this.#reportSlices(),
    };
  }

  #reportSlices(): TallyReport["slices"] {
    const one = new LatencyHistogram();
    return this.#slices.map(({ scheduled, ok, failed, okLatency }, index) => {
      one.reset();
      one.add(okLatency);
      return { atMs: index * this.#sliceMs, scheduled, ok, failed, okLatency: one.encode() };
    });
  }

  #slice(atMs: number): Slice {
    const index = Math.floor(Math.max(atMs, 0) / this.#sliceMs);
    while (this.#slices.length <= index) this.#slices.push({ scheduled: 0, ok: 0, failed: 0, okLatency: new Map() });
    const slice = this.#slices[index];
    if (!slice) throw new RangeError(`there is no slice ${index}`);
    return slice;
  }
}
