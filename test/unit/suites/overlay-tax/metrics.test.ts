import { expect, test } from "vitest";
import { corruptedPayloads, OVERLAY_METRICS } from "../../../../suites/overlay-tax/analysis/metrics.ts";
import { CLEAR, DIRECT, INTEGRITY, of } from "./blocks.ts";

const errors = OVERLAY_METRICS.find(({ name }) => name === "corrupted-payloads")?.mechanisms?.[0];

test("checksum errors are those of both protocols, and unknown where a kernel does not count one", () => {
  const counters = { ...DIRECT.counters, udpInCsumErrors: 3, tcpInCsumErrors: 2 };
  expect(errors?.of(of({ ...DIRECT, counters }))).toBe(5);
  const { udpInCsumErrors: _, ...less } = counters;
  expect(errors?.of(of({ ...DIRECT, counters: less }))).toBeNull();
});

test("corrupted payloads are counted both ways, and unknown where none were compared", () => {
  const integrity = { ...INTEGRITY, corruptedThere: 2, corruptedBack: 1, streamSame: false };
  expect(corruptedPayloads(of({ ...DIRECT, check: { ...CLEAR, integrity } }))).toBe(4);
  expect(corruptedPayloads(of({ ...DIRECT, check: { ...CLEAR, integrity: null } }))).toBeNull();
});
