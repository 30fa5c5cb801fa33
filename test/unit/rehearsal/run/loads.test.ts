import { expect, test } from "vitest";
import { gateTimeoutMs, leadMs } from "../../../../runner/rehearsal/run/loads.ts";

test.each([1, 2, 50, 500])(
  "%s workers of four targets wait at their gates until the last one is told, and longer",
  (workers) => {
    expect(leadMs(workers, 4)).toBeGreaterThanOrEqual(1_000);
    expect(leadMs(workers, 4)).toBe(Math.max(1_000, workers * 4 * 250));
    expect(gateTimeoutMs(workers, 4) - leadMs(workers, 4)).toBe(120_000);
  },
);
