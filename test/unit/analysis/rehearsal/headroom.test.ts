/** Expected numbers are the published arithmetic, not the code's own. */
import { describe, expect, it, test } from "vitest";
import {
  type Capacity,
  type DayProfile,
  isDaySteady,
  isSteady,
  stateSeconds,
  type TableCapacity,
} from "../../../../runner/analysis/rehearsal/capacity.ts";
import { headroomOf } from "../../../../runner/analysis/rehearsal/headroom.ts";
import { second, stage } from "./stages.ts";

const TABLE: TableCapacity = {
  node: "one",
  hop: "client-conntrack",
  limit: 132_000,
  standingEntries: 0,
  entryS: 120,
  shareOfLoad: 1,
};

function capacity(facts: Partial<Capacity> = {}): Capacity {
  return { expectedPeakPerSecond: 500, newConnections: 1, tables: [], ports: null, queues: [], dns: null, ...facts };
}

const only = (known: Capacity, stages: Parameters<typeof headroomOf>[1] = []) => {
  const rows = headroomOf(known, stages);
  expect(rows).toHaveLength(1);
  return rows[0];
};

describe("by the model", () => {
  it("a table takes what leaves it again: 132,000 entries that stay for 120 + 12 s are 1,000/s", () => {
    expect(only(capacity({ tables: [TABLE] }))).toEqual({
      hop: "client-conntrack",
      where: "node one",
      of: "entries of the connection table",
      predictedPerSecond: 1000,
      measuredPerSecond: null,
      left: 0.5,
    });
  });

  it("only new connections fill it, and only those of the node", () => {
    const half = { ...TABLE, shareOfLoad: 0.5 };
    expect(only(capacity({ tables: [half], newConnections: 0.25 }))?.predictedPerSecond).toBe(8000);
    expect(only(capacity({ tables: [half], newConnections: 0 }))).toMatchObject({
      predictedPerSecond: null,
      left: null,
    });
  });

  it("what stands in it already has no room; one that is full takes nothing", () => {
    expect(only(capacity({ tables: [{ ...TABLE, standingEntries: 99_000 }] }))).toMatchObject({
      predictedPerSecond: 250,
      left: -1,
    });
    expect(only(capacity({ tables: [{ ...TABLE, standingEntries: 132_000 }] }))).toMatchObject({
      predictedPerSecond: 0,
      left: -1,
    });
  });

  it("two pods have 28,232 ports each to a destination, for 60 s: 941/s", () => {
    const ports = { pods: 2, destinations: 1, portRange: [32_768, 60_999] as const, workers: 2, asClients: false };
    expect(only(capacity({ ports }))?.predictedPerSecond).toBeCloseTo(941.07, 2);
    expect(only(capacity({ ports, newConnections: 0 }))?.predictedPerSecond).toBeNull();
  });

  const dns = {
    ...{ where: "CoreDNS", lookupsPerRequest: 1, queriesPerLookup: 8, cores: 1 },
    ...{ forwards: null, forwardsNotRead: null },
  };

  it("DNS takes what its cores answer", () => {
    expect(only(capacity({ dns }))).toMatchObject({ where: "CoreDNS", predictedPerSecond: 2100 });
    expect(only(capacity({ dns: { ...dns, cores: null } }))).toMatchObject({ predictedPerSecond: null, left: null });
  });

  it("and what it may forward at once: 1,000 that take 100 ms each are 10,000 a second, of two queries in eight", () => {
    const forwards = { zone: ".:53", atOnce: 1000, upstreamDelayS: 0.1, missShare: 0.25 };
    const rows = headroomOf(capacity({ dns: { ...dns, forwards } }), []);
    expect(rows.map(({ where, of, predictedPerSecond }) => [where, of, predictedPerSecond])).toEqual([
      ["CoreDNS", "queries that are answered", 2100],
      ["CoreDNS, .:53", "queries that max_concurrent lets be forwarded at once", 5000],
    ]);
    const unknown = headroomOf(capacity({ dns: { ...dns, forwards: { ...forwards, upstreamDelayS: null } } }), []);
    expect(unknown[1]).toMatchObject({ predictedPerSecond: null, left: null });
  });

  it("of a listen queue nothing is known: no model knows how long its process stalls", () => {
    expect(only(capacity({ queues: [{ where: "pod shop/web-1", most: 128 }] }))).toMatchObject({
      of: "places of the listen queue (at most 128, net.core.somaxconn)",
      predictedPerSecond: null,
      measuredPerSecond: null,
      left: null,
    });
  });
});

describe("by how it filled", () => {
  const tables = [{ ...TABLE, standingEntries: 2000, limit: 134_000 }];
  const held = (used: number) => [{ used, limit: 134_000, counter: "conntrackEntries" }];

  it("a table is reckoned to where it ends: 200/s for 20 s that left 4,000 entries are one each", () => {
    const stages = [stage({ rate: 200, durationS: 20, readings: held(6000) })];
    expect(only(capacity({ tables }), stages)?.measuredPerSecond).toBeCloseTo(1000, 6);
  });

  it("a table that filled twice as fast takes half, and the lower of the two is what is left", () => {
    const stages = [stage({ rate: 200, durationS: 20, readings: held(10_000) })];
    expect(only(capacity({ tables }), stages)).toMatchObject({
      predictedPerSecond: 1000,
      measuredPerSecond: 500,
      left: 0,
    });
  });

  it("a long stage is reckoned by as much of it as entries live", () => {
    const stages = [stage({ rate: 200, durationS: 600, readings: held(2000 + 200 * 132) })];
    expect(only(capacity({ tables }), stages)?.measuredPerSecond).toBeCloseTo(1000, 6);
  });

  it("the highest stage of the search counts, or else the day's busiest stretch", () => {
    const day = stage({
      kind: "day",
      rate: 400,
      durationS: 200,
      readings: held(2000 + 132 * 100),
      overrides: { seconds: Array.from({ length: 200 }, (_, atS) => second(atS, { scheduled: atS < 60 ? 10 : 100 })) },
    });
    expect(only(capacity({ tables }), [day])?.measuredPerSecond).toBeCloseTo(1000, 6);
    const search = [100, 200].map((rate) =>
      stage({ rate, durationS: 20, readings: held(rate === 200 ? 10_000 : 2500) }),
    );
    expect(only(capacity({ tables }), [...search, day])?.measuredPerSecond).toBeCloseTo(500, 6);
  });

  it("a day of which seconds were not seen says nothing", () => {
    const day = stage({ kind: "day", readings: held(90_000), overrides: { seconds: [second(0, null)] } });
    expect(only(capacity({ tables }), [day])?.measuredPerSecond).toBeNull();
  });

  it("a table that did not fill, or that nobody read, says nothing", () => {
    expect(only(capacity({ tables }), [stage({ readings: held(1500) })])?.measuredPerSecond).toBeNull();
    expect(only(capacity({ tables }), [stage()])?.measuredPerSecond).toBeNull();
    const ofOther = [stage({ readings: [{ ...held(9000)[0], where: "node two" }] })];
    expect(only(capacity({ tables }), ofOther)?.measuredPerSecond).toBeNull();
  });

  it("what already lost something takes no more than that", () => {
    const stages = [
      stage({ rate: 300, durationS: 20, readings: [...held(8000), { lost: 9 }] }),
      stage({ rate: 400, durationS: 20, readings: [...held(10_000), { lost: 90 }] }),
    ];
    expect(only(capacity({ tables }), stages)?.measuredPerSecond).toBe(300);
    const clashes = [
      stage({ rate: 200, durationS: 20, readings: [...held(6000), { counter: "conntrackInsertFailed", lost: 9 }] }),
    ];
    expect(only(capacity({ tables }), clashes)?.measuredPerSecond).toBeCloseTo(1000, 6);
  });

  it("the worker whose ports fill first decides", () => {
    const ports = { pods: 2, destinations: 1, portRange: [32_768, 60_999] as const, workers: 2, asClients: false };
    const worker = (index: number, used: number) =>
      ({
        hop: "client-ports",
        where: `load worker ${index}`,
        counter: "timeWaitSockets",
        used,
        limit: 28_232,
      }) as const;
    const stages = [stage({ rate: 200, durationS: 20, readings: [worker(0, 1000), worker(1, 3000)] })];
    // 3,000 of 4,000 requests went by it: at rate r it holds 0.75 · 60 · r.
    expect(only(capacity({ ports }), stages)?.measuredPerSecond).toBeCloseTo(28_232 / 45, 6);
  });

  it("a queue takes less than the lowest rate at which it overflowed", () => {
    const overflows = (rate: number, lost: number) =>
      stage({ rate, readings: [{ hop: "listen-queue", where: "pod shop/web-1", counter: "listenOverflows", lost }] });
    const queues = [{ where: "pod shop/web-1", most: 128 }];
    expect(only(capacity({ queues }), [overflows(400, 0), overflows(800, 20), overflows(700, 3)])).toMatchObject({
      measuredPerSecond: 700,
      left: expect.closeTo(2 / 7, 6),
    });
  });
});

it("a CPU that fell behind takes no more than the lowest rate at which it did; what it drops without load is none of it", () => {
  const softnet = (rate: number, lost: number, background = 0) =>
    stage({
      rate,
      readings: [{ hop: "softnet", where: "kernel of one", counter: "softnetDropped", lost, background }],
    });
  const stages = [softnet(100, 3, 3), softnet(200, 4, 3), softnet(300, 90, 3)];
  expect(only(capacity(), stages)).toMatchObject({ hop: "softnet", predictedPerSecond: null, measuredPerSecond: 200 });
  expect(only(capacity(), [softnet(100, 0)])).toMatchObject({ measuredPerSecond: null, left: null });
});

describe("a day", () => {
  const tables = [TABLE];
  const profile = (...pieces: [durationS: number, from: number, to: number][]): DayProfile =>
    pieces.map(([durationS, fromPerSecond, toPerSecond]) => ({ durationS, fromPerSecond, toPerSecond }));

  it.each([
    ["whose peak is far from any limit", profile([20, 0, 700]), true],
    ["at its peak for as long as its table takes", profile([142, 900, 900]), true],
    ["at its peak for less", profile([141, 900, 900]), false],
    ["whose pieces at the peak follow on each other", profile([100, 900, 900], [100, 900, 860]), true],
    ["whose pieces at the peak are apart", profile([100, 900, 900], [10, 500, 500], [100, 900, 900]), false],
    // Of 1,000 s from 0 to 900/s and of as many back a twentieth each is near the peak.
    ["that rises and falls slowly", profile([1420, 0, 900], [1420, 900, 0]), true],
    ["that rises and falls a little faster", profile([1400, 0, 900], [1400, 900, 0]), false],
    ["that only touches its peak", profile([5000, 100, 100], [60, 100, 900], [60, 900, 100]), false],
  ])("%s", (_, day, steady) => {
    expect(isDaySteady(capacity({ tables }), day)).toBe(steady);
  });
});

test("rows stand along the packet's walk", () => {
  const rows = headroomOf(
    capacity({
      tables: [{ ...TABLE, node: "two", hop: "service-dnat" }, TABLE],
      ports: { pods: 1, destinations: 1, portRange: [32_768, 60_999], workers: 1, asClients: false },
      queues: [{ where: "pod shop/web-1", most: 128 }],
      dns: {
        ...{ where: "CoreDNS", lookupsPerRequest: 1, queriesPerLookup: 2, cores: 1 },
        ...{ forwards: null, forwardsNotRead: null },
      },
    }),
    [stage({ readings: [{ hop: "softnet", where: "kernel of one", counter: "softnetDropped", lost: 0 }] })],
  );
  expect(rows.map(({ hop }) => hop)).toEqual([
    "client-ports",
    "client-conntrack",
    "dns",
    "service-dnat",
    "softnet",
    "listen-queue",
  ]);
});

describe("a stage", () => {
  const tables = [TABLE];
  it.each([
    // 0.8 · 132,000 entries are there from 800/s on.
    ["far from any limit", { tables }, 790, 20],
    ["that fills a table", { tables }, 810, 142],
    ["whose entries leave sooner", { tables: [{ ...TABLE, entryS: 30, limit: 42_000 }] }, 810, 52],
    ["with connections kept", { tables, newConnections: 0.1 }, 810, 20],
    ["that fills what is left beside what stands there", { tables: [{ ...TABLE, standingEntries: 60_000 }] }, 440, 142],
    // 0.8 · 28,232 ports are taken from 376/s on.
    [
      "that takes few ports",
      { ports: { pods: 1, destinations: 1, portRange: [32_768, 60_999] as const, workers: 2, asClients: false } },
      370,
      20,
    ],
    [
      "that takes most ports",
      { ports: { pods: 1, destinations: 1, portRange: [32_768, 60_999] as const, workers: 2, asClients: false } },
      380,
      70,
    ],
    ["of which nothing is known", {}, 10_000, 20],
  ])("%s takes its time", (_, facts, rate, seconds) => {
    expect(stateSeconds(capacity(facts), rate)).toBe(seconds);
    expect(isSteady(capacity(facts), rate, seconds)).toBe(true);
    if (seconds > 20) expect(isSteady(capacity(facts), rate, seconds - 1)).toBe(false);
    else expect(isSteady(capacity(facts), rate, 5)).toBe(true);
  });
});
