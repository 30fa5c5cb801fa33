import { describe, expect, test } from "vitest";
import { HistogramSum } from "../../../../runner/analysis/histogram.ts";
import type { LiveSecond } from "../../../../runner/load/live-merge.ts";
import { Seconds } from "../../../../runner/rehearsal/run/seconds.ts";
import type { CounterName } from "../../../../runner/result/counters.ts";
import type { RehearsedSecond } from "../../../../runner/result/rehearsal.ts";

function live(atS: number, more: Partial<LiveSecond> = {}): LiveSecond {
  const okLatency = new HistogramSum();
  return {
    ...{ atS, reported: 2, workers: 2, scheduled: 10, ended: 10, outcomes: { ok: 9, "status-503": 1 }, okLatency },
    ...{ lagMs: 0, inFlight: 0 },
    ...more,
  };
}

function counters(conntrackDrop: number, more: Partial<Record<CounterName, number>> = {}) {
  return {
    samples: [{ where: "node", counters: { conntrackDrop, conntrackEntries: 50, conntrackLimit: 100, ...more } }],
  };
}

function joined(nodes: readonly string[], loads = 1, kernelOf = (node: string) => node) {
  const emitted: RehearsedSecond[] = [];
  return { seconds: new Seconds({ loads, nodes, kernelOf, emit: (second) => emitted.push(second) }), emitted };
}

describe("seconds of a stage", () => {
  test("are whole when every load and every node has told of them", () => {
    const { seconds, emitted } = joined(["a"]);
    seconds.tick("a", -100, counters(5));
    seconds.load(0, live(0));
    expect(emitted).toEqual([]);
    seconds.tick("a", 600, counters(6));
    expect(emitted).toEqual([]);
    seconds.tick("a", 1_050, counters(9));
    // What happened after the last sample within it belongs to the next.
    expect(emitted).toEqual([
      { atS: 0, load: { scheduled: 10, ended: 10, failed: 1, status5xx: 1, p99Ms: null }, drops: 1, fill: 0.5 },
    ]);
    seconds.tick("a", 1_900, counters(9));
    seconds.load(0, live(1));
    seconds.tick("a", 2_400, counters(9));
    expect(emitted[1]).toMatchObject({ atS: 1, drops: 3 });
  });

  test("of several loads are added up", () => {
    const { seconds, emitted } = joined([], 2);
    seconds.load(1, live(0, { ended: 3, outcomes: { ok: 1, refused: 2 } }));
    expect(emitted).toEqual([]);
    seconds.load(0, live(0));
    expect(emitted[0]?.load).toMatchObject({ scheduled: 20, ended: 13, failed: 3, status5xx: 1 });
  });

  test("are not known where a worker is missing, or where no line came in time", () => {
    const { seconds, emitted } = joined([]);
    seconds.load(0, live(0, { reported: 1 }));
    expect(emitted[0]).toEqual({ atS: 0, load: null, drops: null, fill: null });
    seconds.lapse(2_000 + 1_600);
    expect(emitted).toHaveLength(1);
    seconds.lapse(2_000 + 1_700);
    expect(emitted[1]).toEqual({ atS: 1, load: null, drops: null, fill: null });
  });

  test("have unknown drops where one of two nodes was silent in them", () => {
    const { seconds, emitted } = joined(["a", "b"]);
    for (const node of ["a", "b"]) seconds.tick(node, -10, counters(0));
    seconds.load(0, live(0));
    seconds.tick("a", 900, counters(4));
    seconds.tick("a", 1_100, counters(4));
    seconds.lapse(2_700);
    expect(emitted[0]).toMatchObject({ load: { ended: 10 }, drops: null, fill: 0.5 });
  });

  test("count what is the whole kernel's once, however many of its nodes read it", () => {
    const { seconds, emitted } = joined(["a", "b"], 1, () => "one kernel");
    for (const node of ["a", "b"]) seconds.tick(node, -10, counters(0, { softnetDropped: 7 }));
    seconds.load(0, live(0));
    for (const node of ["a", "b"]) seconds.tick(node, 900, counters(1, { softnetDropped: 10 }));
    for (const node of ["a", "b"]) seconds.tick(node, 1_010, counters(1, { softnetDropped: 10 }));
    expect(emitted[0]?.drops).toBe(1 + 1 + 3);
  });

  test("at a stage's end are told with what there is", () => {
    const { seconds, emitted } = joined(["a"]);
    seconds.load(0, live(0));
    seconds.end(2);
    expect(emitted.map(({ atS, load }) => [atS, load?.ended ?? null])).toEqual([
      [0, 10],
      [1, null],
    ]);
  });
});
