import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { HistogramSum } from "../../../../runner/analysis/histogram.ts";
import type { LiveSecond } from "../../../../runner/load/live-merge.ts";
import { Seconds } from "../../../../runner/rehearsal/run/seconds.ts";
import type { CounterName } from "../../../../runner/result/counters.ts";
import type { RehearsedSecond, Slo } from "../../../../runner/result/rehearsal.ts";

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

const LATENCY: Slo = { name: "p99", kind: "latency-p99-ms", most: 500, windowS: 10, budget: 0 };

function joined(
  nodes: readonly string[],
  loads = 1,
  kernelOf = (node: string) => node,
  idle: ReadonlySet<string> = new Set(),
) {
  const emitted: RehearsedSecond[] = [];
  const emit = (second: RehearsedSecond) => emitted.push(second);
  return { seconds: new Seconds({ loads, workers: 2, slos: [LATENCY], nodes, kernelOf, idle, emit }), emitted };
}

const whole = { p99Ms: null, overLimit: { p99: 0 }, toldShare: 1 };

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
      {
        ...{ atS: 0, load: { scheduled: 10, ended: 10, failed: 1, status5xx: 1, ...whole } },
        ...{ drops: 1, background: 0, fill: 0.5 },
      },
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

  test("are what those workers tell who do, with their share", () => {
    const { seconds, emitted } = joined([], 2);
    seconds.load(0, live(0, { reported: 1 }));
    seconds.load(1, live(0, { reported: 2, ended: 30 }));
    expect(emitted[0]?.load).toMatchObject({ scheduled: 20, ended: 40, failed: 2, toldShare: 0.75 });
    // Of one load no line came in time.
    seconds.load(0, live(1));
    seconds.lapse(2_000 + 1_700);
    expect(emitted[1]?.load).toMatchObject({ scheduled: 10, toldShare: 0.5 });
  });

  test("are not known where no worker told, or where no line came in time", () => {
    const { seconds, emitted } = joined([]);
    seconds.load(0, live(0, { reported: 0, scheduled: 0, ended: 0, outcomes: { ok: 0 } }));
    const unseen = { load: null, drops: null, background: null, fill: null };
    expect(emitted[0]).toEqual({ atS: 0, ...unseen });
    seconds.lapse(2_000 + 1_600);
    expect(emitted).toHaveLength(1);
    seconds.lapse(2_000 + 1_700);
    expect(emitted[1]).toEqual({ atS: 1, ...unseen });
  });

  test("count good answers that take longer than an SLO on p99 allows", () => {
    const latency = (...valuesMs: number[]) => {
      const sum = new HistogramSum();
      const histogram = build({ highestTrackableValue: 134_217_727, numberOfSignificantValueDigits: 3 });
      for (const value of valuesMs) histogram.recordValue(value * 1000);
      sum.add(encodeIntoCompressedBase64(histogram));
      return sum;
    };
    const { seconds, emitted } = joined([], 2);
    seconds.load(0, live(0, { okLatency: latency(20, 499, 600, 900) }));
    seconds.load(1, live(0, { okLatency: latency(700, 30) }));
    expect(emitted[0]?.load?.overLimit).toEqual({ p99: 3 });
  });

  test("count all that a place had dropped which was not there before, and only the rise of one that was", () => {
    const pod = (uid: string, listenDrops: number) => ({ where: `pod:${uid}`, counters: { listenDrops } });
    const { seconds, emitted } = joined(["a"]);
    const tick = (atMs: number, ...pods: { where: string; counters: { listenDrops: number } }[]) =>
      seconds.tick("a", atMs, { samples: pods });
    tick(-10, pod("old", 100));
    seconds.load(0, live(0));
    tick(900, pod("old", 100), pod("new", 4));
    tick(1_100, pod("new", 5));
    expect(emitted[0]?.drops).toBe(4);
    // One that was missed for a while goes on from where it was.
    seconds.load(1, live(1));
    tick(1_900, pod("old", 102), pod("new", 5));
    tick(2_100, pod("old", 102), pod("new", 5));
    expect(emitted[1]?.drops).toBe(1 + 2);
  });

  test("tell apart what is dropped where packets are dropped without load as well", () => {
    const { seconds, emitted } = joined(["a"], 1, undefined, new Set(["a/node conntrackDrop"]));
    seconds.tick("a", -10, counters(5, { softnetDropped: 1 }));
    seconds.load(0, live(0));
    seconds.tick("a", 900, counters(8, { softnetDropped: 2 }));
    seconds.tick("a", 1_100, counters(8, { softnetDropped: 2 }));
    expect(emitted[0]).toMatchObject({ drops: 4, background: 3 });
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
