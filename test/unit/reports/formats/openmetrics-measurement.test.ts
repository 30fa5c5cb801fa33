import { describe, expect, test } from "vitest";
import { measurementSamples } from "../../../../reports/formats/openmetrics/measurement.ts";
import type { SampleAt } from "../../../../reports/formats/openmetrics/openmetrics.ts";
import type { Measurement } from "../../../../runner/result/measurement.ts";
import { fixture } from "../fixture.ts";

function measured(name: string, changed: Partial<Measurement> = {}): Measurement {
  const { schemaVersion, packetwalk, suite, question, seed, quick, startedAt, target, load, order, arms } = fixture();
  const [{ blocks }] = arms;
  return {
    ...{ schemaVersion, packetwalk, suite, question, seed, quick, startedAt, target, load, order },
    ...{ kind: "measurement", finishedAt: "2026-11-25T10:50:27.000Z", state: "measured", why: null },
    values: [
      ...[{ name: "latency-p99", unit: "ms", value: 8.4, noise: null, blocks: 5 }].map((each) => ({
        ...each,
        ...({ primary: true, felt: true, better: "lower", floor: 10 } as const),
      })),
    ],
    tunings: [],
    warnings: [],
    arm: { name, tunings: [], blocks },
    ...changed,
  };
}

const keyOf = ({ name, labels }: SampleAt) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`;

function sampleOf(samples: readonly SampleAt[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const found = samples.filter(
    (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBeLessThanOrEqual(1);
  return found[0]?.value;
}

describe("what one arm measured", () => {
  const samples = measurementSamples([measured("baseline")], [], 0);

  test("is of the instant at which it ended, and names suite, arm and size in each series", () => {
    expect(new Set(samples.map(({ atUnixMs }) => atUnixMs))).toEqual(new Set([Date.UTC(2026, 10, 25, 10, 50, 27)]));
    for (const { labels } of samples)
      expect(labels).toMatchObject({ suite: "connection-flood", arm: "baseline", size: "quick" });
    expect(new Set(samples.map(keyOf)).size).toBe(samples.length);
  });

  test("is in base units, and what was not measured has no series", () => {
    const p99 = { metric: "latency-p99" };
    expect(sampleOf(samples, "packetwalk_measurement_value_seconds", p99)).toBe(0.0084);
    expect(sampleOf(samples, "packetwalk_measurement_floor_seconds", p99)).toBe(0.01);
    expect(sampleOf(samples, "packetwalk_measurement_noise_seconds", p99)).toBeUndefined();
  });

  test("has the blocks and the requests of those that count, without the warm-up", () => {
    const [{ blocks }] = fixture().arms;
    const counting = blocks.filter(({ round, valid }) => round > 0 && valid);
    expect(sampleOf(samples, "packetwalk_measurement_blocks", { valid: "true" })).toBe(counting.length);
    expect(sampleOf(samples, "packetwalk_measurement_requests", { outcome: "ok" })).toBe(
      counting.reduce((sum, { outcomes }) => sum + outcomes.ok, 0),
    );
  });

  test("says whether it is evidence; where no block counts, nothing is said of requests", () => {
    const [{ blocks }] = fixture().arms;
    const invalid = measurementSamples(
      [
        measured("baseline", {
          state: "invalid",
          arm: { name: "baseline", tunings: [], blocks: blocks.filter(({ round }) => round === 0) },
        }),
      ],
      [],
      0,
    );
    const state = (of: readonly SampleAt[]) =>
      ["measured", "invalid"].map((each) =>
        sampleOf(of, "packetwalk_measurement_state", { packetwalk_measurement_state: each }),
      );
    expect([state(samples), state(invalid)]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(sampleOf(invalid, "packetwalk_measurement_requests", { outcome: "ok" })).toBeUndefined();
    expect(sampleOf(invalid, "packetwalk_measurement_blocks", { valid: "true" })).toBe(0);
  });
});

test("another arm, or another size, shares no series with it", () => {
  const all = [measured("baseline"), measured("recommended"), measured("baseline", { quick: false })];
  const keys = all.map((each) => measurementSamples([each], [], 0).map(keyOf));
  expect(new Set(keys.flat()).size).toBe(keys.flat().length);
});

test("a suite that was asked about and has no measurement is a series of its own", () => {
  const samples = measurementSamples([], ["dns-storm"], 7);
  expect(samples).toEqual([
    { name: "packetwalk_suite_without_result", labels: { suite: "dns-storm" }, value: 1, atUnixMs: 7 },
  ]);
});
