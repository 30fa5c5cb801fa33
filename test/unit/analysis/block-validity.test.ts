import { describe, expect, it } from "vitest";
import { voidReason } from "../../../reports/words/voided.ts";
import { type BlockFacts, blockValidity } from "../../../runner/analysis/block-validity.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";

const every200Ms = Array.from({ length: 32 }, (_, index) => -200 + index * 200);
const fine: BlockFacts = {
  scheduled: 100,
  outcomes: { ok: 90, "connect-timeout": 10 },
  scheduleLagMs: { p99: 2 },
  mostLagMs: 50,
  workers: { wanted: 4, reported: 4, lost: [], startSpreadMs: 0 },
  saturated: [],
  stealShare: 0.01,
  loadMs: 6_000,
  samplesAtMs: { "node-1": every200Ms, "node-2": every200Ms },
};

const lost = { worker: 2, pod: "load-0-2", node: "node-1", share: 0.25, because: "its pod was deleted" };

describe("blockValidity", () => {
  it("finds nothing wrong with a good block", () => {
    expect(blockValidity(fine)).toEqual([]);
  });

  it.each<[string, Partial<BlockFacts>, VoidReason, string]>([
    [
      "a request without an outcome",
      { scheduled: 101 },
      { kind: "outcomes-missing", scheduled: 101, ended: 100 },
      "101 requests were scheduled, but 100 outcomes",
    ],
    [
      "an outcome too many",
      { scheduled: 99 },
      { kind: "outcomes-missing", scheduled: 99, ended: 100 },
      "99 requests were scheduled, but 100 outcomes",
    ],
    [
      "nothing scheduled",
      { scheduled: 0, outcomes: { ok: 0 } },
      { kind: "nothing-scheduled" },
      "nothing was scheduled",
    ],
    [
      "requests that were never sent",
      { outcomes: { ok: 97, "not-sent": 3 } },
      { kind: "not-sent", requests: 3, scheduled: 100 },
      "could not send 3 requests",
    ],
    [
      "a late generator",
      { scheduleLagMs: { p99: 80 } },
      { kind: "generator-lag", p99Ms: 80, mostMs: 50 },
      "lagged 80 ms at p99 (at most 50 ms)",
    ],
    [
      "a worker without a report, with its part of the load",
      { workers: { ...fine.workers, reported: 3, lost: [lost] } },
      {
        kind: "workers-lost",
        wanted: 4,
        reported: 3,
        lost: [{ worker: 2, node: "node-1", because: "its pod was deleted" }],
        lostShare: 0.25,
      },
      "3 of 4 load workers reported, 25 % of the load is lost (worker 2 on node-1: its pod was deleted)",
    ],
    [
      "workers that did not start together",
      { workers: { ...fine.workers, startSpreadMs: 900 } },
      { kind: "start-spread", ms: 900, mostMs: 250 },
      "began 900 ms apart (at most 250 ms)",
    ],
    [
      "a generator that says so itself",
      { saturated: ["worker 1: its thread was busy all the time"] },
      { kind: "generator-saturated", because: "worker 1: its thread was busy all the time" },
      "the generator was saturated: worker 1: its thread was busy",
    ],
    [
      "stolen CPU",
      { stealShare: 0.05 },
      { kind: "steal", share: 0.05, mostShare: 0.02 },
      "5 % of a node's CPU was stolen",
    ],
    [
      "a hole in a node's samples",
      { samplesAtMs: { "node-2": every200Ms.filter((at) => at < 2_000 || at > 3_200) } },
      { kind: "probe-gap", node: "node-2", ms: 1_600, mostMs: 1_000 },
      "the probe on node-2 gave no sample for 1.6 s",
    ],
    [
      "a node without any sample",
      { samplesAtMs: { "node-2": [] } },
      { kind: "probe-gap", node: "node-2", ms: 6_000, mostMs: 1_000 },
      "the probe on node-2",
    ],
    [
      "samples that stop early",
      { samplesAtMs: { "node-1": every200Ms.filter((at) => at < 4_000) } },
      { kind: "probe-gap", node: "node-1", ms: 2_200, mostMs: 1_000 },
      "the probe on node-1",
    ],
    [
      "samples that begin late",
      { samplesAtMs: { "node-1": every200Ms.filter((at) => at > 1_500) } },
      { kind: "probe-gap", node: "node-1", ms: 1_600, mostMs: 1_000 },
      "the probe on node-1",
    ],
  ])("voids a block for %s", (_, wrong, reason, words) => {
    const reasons = blockValidity({ ...fine, ...wrong });
    expect(reasons).toEqual([reason]);
    expect(reasons.map(voidReason)[0]).toContain(words);
  });

  it("names every reason", () => {
    expect(
      blockValidity({ ...fine, scheduled: 1, stealShare: 0.5, workers: { ...fine.workers, reported: 0 } }),
    ).toHaveLength(3);
  });
});
