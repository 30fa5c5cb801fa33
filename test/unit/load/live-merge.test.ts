import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { LiveMerge } from "../../../runner/load/live-merge.ts";

function encoded(valuesMs: readonly number[]): string {
  if (valuesMs.length === 0) return "";
  const histogram = build({ highestTrackableValue: 134_217_727, numberOfSignificantValueDigits: 3 });
  for (const value of valuesMs) histogram.recordValue(value * 1000);
  return encodeIntoCompressedBase64(histogram);
}

/** A worker's line of the period that ends then. */
function line(atMs: number, okMs: readonly number[], over: Record<string, unknown> = {}): string {
  const ok = okMs.length;
  return JSON.stringify({
    ...{ atMs, scheduled: ok, ended: ok, ok, outcomes: {}, okLatency: encoded(okMs), lagMs: 0.5, inFlight: 0 },
    ...over,
  });
}

/** A load of 3 s of the clock's second 10 on. */
const merge = (workers = 2) => new LiveMerge({ workers, periodMs: 1_000, startsAtMs: 10_000, lastAtMs: 3_000 });

describe("LiveMerge", () => {
  it("says that it does not know what a worker can't tell", () => {
    const of = merge();
    of.add(0, line(1_000, [1], { lagMs: null, inFlight: null }), 11_010);
    of.add(1, line(1_000, [1], { lagMs: 3, inFlight: 2 }), 11_010);
    of.add(0, line(2_000, [1], { lagMs: null, inFlight: null }), 12_010);
    of.add(1, line(2_000, [1], { lagMs: null, inFlight: 2 }), 12_010);
    expect(of.due(12_010)).toMatchObject([
      { ended: 2, lagMs: 3, inFlight: null },
      { ended: 2, lagMs: null, inFlight: null },
    ]);
  });

  it("gives a period once all workers have told of it, added up", () => {
    const of = merge();
    of.add(0, line(1_000, [1, 2], { scheduled: 4, ended: 3, outcomes: { reset: 1 }, lagMs: 7, inFlight: 1 }), 11_010);
    expect(of.due(11_010)).toEqual([]);
    const failed = { ended: 3, outcomes: { reset: 1, "status-503": 1 }, inFlight: 2 };
    of.add(1, line(1_000, [900], { ...failed, scheduled: 5 }), 11_020);
    const [second, ...more] = of.due(11_020);
    expect(more).toEqual([]);
    expect(second).toMatchObject({
      ...{ atS: 0, reported: 2, workers: 2, scheduled: 9, ended: 6, lagMs: 7, inFlight: 3 },
      outcomes: { ok: 3, reset: 2, "status-503": 1 },
    });
    expect(second?.okLatency.count).toBe(3);
    expect(second?.okLatency.quantileMs(1)).toBeGreaterThan(890);
    expect(of.due(11_030)).toEqual([]);
  });

  it("gives periods in order, several at once where one was waited for", () => {
    const of = merge();
    for (const atMs of [1_000, 2_000, 3_000]) of.add(0, line(atMs, [1]), 11_000);
    of.add(1, line(1_000, [1]), 11_100);
    of.add(1, line(2_000, [1, 1]), 11_100);
    const seconds = of.due(11_100);
    expect(seconds.map(({ atS, reported, scheduled }) => [atS, reported, scheduled])).toEqual([
      [0, 2, 2],
      [1, 2, 3],
    ]);
    of.add(1, line(3_000, []), 11_200);
    expect(of.due(11_200).map(({ atS }) => atS)).toEqual([2]);
  });

  it("waits for a worker 1.5 s from the first that told, and says that it is missing", () => {
    const of = merge();
    of.add(0, line(1_000, [1]), 10_900); // its clock is ahead
    expect(of.nextDueMs()).toBe(12_400);
    expect(of.due(12_399)).toEqual([]);
    expect(of.due(12_400)).toMatchObject([{ atS: 0, reported: 1, workers: 2, scheduled: 1 }]);
  });

  it("gives a period of which nobody told, by the clock, as one that was not seen", () => {
    const of = merge();
    expect(of.nextDueMs()).toBe(12_500);
    expect(of.due(12_499)).toEqual([]);
    expect(of.due(12_500)).toMatchObject([{ atS: 0, reported: 0, workers: 2, scheduled: 0, lagMs: null }]);
    expect(of.due(60_000).map(({ atS, reported }) => [atS, reported])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(of.nextDueMs()).toBeNull(); // nothing can end after that
  });

  it("adds a late line to nothing, and goes on with the worker", () => {
    const of = merge();
    of.add(0, line(1_000, [1]), 11_000);
    expect(of.due(12_500)).toMatchObject([{ reported: 1 }]);
    of.add(1, line(1_000, [1, 1, 1]), 12_600);
    expect(of.due(12_600)).toEqual([]);
    of.add(0, line(2_000, [1]), 12_600);
    of.add(1, line(2_000, [1]), 12_600);
    expect(of.due(12_600)).toMatchObject([{ atS: 1, reported: 2, scheduled: 2 }]);
  });

  it.each([
    ["is cut short", line(1_000, [1]).slice(0, 40)],
    ["has more that ended than it tells of", line(1_000, [1], { ended: 2 })],
    ["has other latencies than good ones", line(1_000, [1], { okLatency: encoded([1, 1]) })],
    ["has a cause that is none", line(1_000, [1], { ended: 2, outcomes: { tired: 1 } })],
    ["has a histogram that is none", line(1_000, [1], { okLatency: "AAAA" })],
    ["is of no whole period", line(1_500, [1])],
  ])("takes nothing of a line that %s", (_what, damaged) => {
    const of = merge();
    of.add(0, line(1_000, [1]), 11_000);
    of.add(1, damaged, 11_000);
    expect(of.due(11_000)).toEqual([]);
    // Its next line shows that no other comes of the first period.
    of.add(1, line(2_000, [1]), 12_000);
    expect(of.due(12_000)).toMatchObject([{ atS: 0, reported: 1, scheduled: 1 }]);
  });

  it("counts a worker that has ended with its report as one that has nothing to tell", () => {
    const of = merge();
    of.add(0, line(1_000, [1]), 10_700); // its last one, before its time
    of.end(0, "with-report");
    of.end(0, "without"); // then its log ends
    of.add(1, line(1_000, [1]), 11_000);
    of.add(1, line(2_000, [1]), 12_000);
    expect(of.due(12_000).map(({ reported, scheduled }) => [reported, scheduled])).toEqual([
      [2, 2],
      [2, 1],
    ]);
    of.end(1, "with-report");
    expect([of.due(60_000), of.nextDueMs()]).toEqual([[], null]);
  });

  it("counts once what is heard twice, and goes on with a worker that is heard again", () => {
    const of = merge();
    for (const worker of [0, 1]) of.add(worker, line(1_000, [1]), 11_000);
    expect(of.due(11_000)).toMatchObject([{ reported: 2 }]);
    of.end(1, "without"); // its log broke off
    of.add(1, line(1_000, [1]), 11_500);
    of.add(0, line(2_000, [1]), 12_000);
    expect(of.due(12_000)).toMatchObject([{ reported: 1, scheduled: 1 }]);
    for (const atMs of [1_000, 2_000, 3_000]) of.add(1, line(atMs, [1]), 12_500);
    expect(of.due(12_500)).toEqual([]);
    of.add(0, line(3_000, [1]), 13_000);
    expect(of.due(13_000)).toMatchObject([{ atS: 2, reported: 2, scheduled: 2 }]);
    for (const worker of [0, 1]) of.end(worker, "with-report");
    expect([of.due(60_000), of.nextDueMs()]).toEqual([[], null]);
  });

  it("does not wait for a worker that can't be heard any more, and misses it to the end", () => {
    const of = merge();
    of.add(0, line(1_000, [1]), 11_000);
    of.add(1, line(1_000, [1]), 11_000);
    of.end(1, "without");
    expect(of.due(11_000)).toMatchObject([{ reported: 2 }]);
    of.add(0, line(2_000, [1]), 12_000);
    expect(of.due(12_000)).toMatchObject([{ atS: 1, reported: 1, workers: 2 }]);
    of.end(0, "with-report");
    // What the other one does, nobody knows: not before its time, though.
    expect(of.due(14_499)).toEqual([]);
    expect(of.due(14_500)).toMatchObject([{ atS: 2, reported: 1 }]);
    expect(of.nextDueMs()).toBeNull();
  });

  it("gives no period ahead of its time where nobody can be heard", () => {
    const of = merge();
    of.end(0, "without");
    of.end(1, "without");
    expect(of.due(10_000)).toEqual([]);
    expect(of.due(12_500)).toMatchObject([{ atS: 0, reported: 0 }]);
  });

  it("does not take a damaged last line of a worker for nothing", () => {
    const of = merge(1);
    of.add(0, line(1_000, [1]), 11_000);
    of.add(0, "{", 12_000);
    of.end(0, "with-report");
    expect(of.due(12_000)).toMatchObject([{ atS: 0, reported: 1 }]);
    expect(of.due(13_500)).toMatchObject([{ atS: 1, reported: 0, workers: 1 }]);
    expect(of.nextDueMs()).toBeNull();
  });

  it("gives what comes after the last period all the same", () => {
    const of = merge(1);
    for (const atMs of [1_000, 2_000, 3_000, 4_000]) of.add(0, line(atMs, [1]), 20_000);
    expect(of.due(20_000).map(({ atS }) => atS)).toEqual([0, 1, 2, 3]);
  });
});
