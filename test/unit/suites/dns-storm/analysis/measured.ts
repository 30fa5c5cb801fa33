/** What every suite's blocks measured, for blocks of a made-up storm: quiet, unless a test says otherwise. */
import type { Counted, Measured } from "../../../../../runner/result/block.ts";
import type { DnsEvidence } from "../../../../../suites/dns-storm/evidence.ts";

/** As the vocabulary of a block has it: what was due in it ended well, a name that does not exist included. */
export function countedBlock(
  evidence: DnsEvidence,
  of: Pick<Measured, "round"> & Partial<Measured>,
): Counted<DnsEvidence> {
  const scheduled = evidence.resolvers.flatMap(({ lookups }) => lookups).reduce((sum, each) => sum + each.scheduled, 0);
  return {
    startedAt: "2026-01-01T00:00:00Z",
    scheduled,
    sent: scheduled,
    outcomes: { ok: scheduled },
    latencyMs: { p50: 1, p99: 5, p999: 12, max: 20 },
    okLatencyMs: { p50: 1, p99: 5, p999: 12, max: 20 },
    scheduleLagMs: { p50: 0.1, p99: 1, max: 4 },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: { wanted: 3, reported: 3, lost: [], startSpreadMs: 0 },
    saturated: [],
    generatorCpu: { seconds: 1, shareOfMachine: 0.1 },
    probeCpu: { seconds: 0.1 },
    stealShare: 0,
    counters: [],
    drain: { method: "flush", conntrackBefore: { "node-1": 100 }, timeWaitBefore: 0, seconds: 1 },
    cliff: null,
    kernelLog: [],
    series: [],
    conntrack: [],
    ...of,
    valid: true,
    evidence,
  };
}
