import { expect, test } from "vitest";
import type { Capacity, DnsCapacity } from "../../../../runner/analysis/rehearsal/capacity.ts";
import { headroomOf } from "../../../../runner/analysis/rehearsal/headroom.ts";
import { withUpstreamDelay } from "../../../../runner/analysis/rehearsal/upstream.ts";
import { SLOS, stage } from "./stages.ts";

/** Ten queries at once; two of each look-up are forwarded. */
const DNS: DnsCapacity = {
  ...{ where: "CoreDNS", lookupsPerRequest: 1, queriesPerLookup: 2, cores: null, forwardsNotRead: null },
  forwards: { zone: "partner.example:53", atOnce: 10, upstreamDelayS: null, missShare: 1 },
};

const capacity = (dns: Partial<DnsCapacity> = {}): Capacity => ({
  ...{ expectedPeakPerSecond: 25, newConnections: 1, tables: [], ports: null, queues: [] },
  dns: { ...DNS, ...dns },
});

const took = (rate: number, p50: number, more = {}) =>
  stage({ rate, overrides: { latencyMs: { p50, p99: 2 * p50, max: 3 * p50 } }, ...more });

const delayOf = (known: Capacity, ...stages: Parameters<typeof withUpstreamDelay>[1]) =>
  withUpstreamDelay(known, stages, SLOS).dns?.forwards?.upstreamDelayS;

test("the upstream's time is that of look-ups which all wait for it, at the lowest rate that was held", () => {
  const stages = [took(50, 180), took(25, 100), took(10, 3, { slos: { failed: { held: false, worst: 1 } } })];
  const known = withUpstreamDelay(capacity(), stages, SLOS);
  expect(known.dns?.forwards?.upstreamDelayS).toBe(0.1);
  // Little's law: 10 of 100 ms each are 100 a second, of two for each look-up.
  const rows = headroomOf(known, []);
  expect(rows.map(({ predictedPerSecond }) => predictedPerSecond)).toEqual([null, 50]);
});

test("it is not known where none was held, where requests are made as well, and where caches answer some", () => {
  expect(delayOf(capacity(), took(10, 3, { slos: { failed: { held: false, worst: 1 } } }))).toBeNull();
  expect(delayOf(capacity({ lookupsPerRequest: 0.5 }), took(25, 100))).toBeNull();
  const half = { zone: "partner.example:53", atOnce: 10, upstreamDelayS: null, missShare: 0.5 };
  expect(delayOf(capacity({ forwards: half }), took(25, 100))).toBeNull();
  // Of eight queries the two of the name itself are forwarded.
  const searched = { ...half, missShare: 0.25 };
  expect(delayOf(capacity({ queriesPerLookup: 8, forwards: searched }), took(25, 100))).toBe(0.1);
});
