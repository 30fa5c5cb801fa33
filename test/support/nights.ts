import type { Night } from "../../runner/result/night.ts";

/** Nights of one metric in one arm, one a day from 2026-01-01 on; null: not measured. */
export function nightly(
  values: readonly (number | null)[],
  changes: (index: number) => Partial<Night> = () => ({}),
): Night[] {
  return values.map((value, i) => ({
    cluster: "8d0f",
    suite: "dns-storm",
    size: "quick",
    at: new Date(Date.UTC(2026, 0, 1 + i, 1)).toISOString(),
    packetwalk: "0.1.0",
    verdict: "equivalent",
    facts: { kernel: "6.1.0" },
    asked: null,
    arms: [{ name: "baseline", role: "baseline", tunings: {} }],
    metrics: [
      {
        ...{ name: "latency-p99", unit: "ms", better: "lower", decides: true, floor: 5, noise: 1 },
        values: { baseline: value },
      },
    ],
    ...changes(i),
  }));
}

/** Nights that differ by noise alone. */
export const quiet = (count: number, level = 100) => Array.from({ length: count }, (_, i) => level + ((i * 7) % 5));
