import { expect, test } from "vitest";
import { clockAheadMs, type ReachReport, seenChange } from "../../../../../suites/service-scale/analysis/changes.ts";

const REPORT: ReachReport = {
  ...{ beganUnixMs: 1_050, endedUnixMs: 3_010, first: "refused", last: "open", attempts: 300 },
  ...{ otherUnixMs: 2_980, sinceUnixMs: 2_985 },
};
const SEEN = {
  ...({ node: "node-1", to: "open", report: REPORT } as const),
  ...{ askedUnixMs: 1_000, answeredUnixMs: 3_050, sentUnixMs: 2_500, changedUnixMs: 2_512 },
};

const shifted = (byMs: number): ReachReport => ({
  ...REPORT,
  ...{ beganUnixMs: REPORT.beganUnixMs + byMs, endedUnixMs: REPORT.endedUnixMs + byMs },
  ...{ otherUnixMs: REPORT.otherUnixMs + byMs, sinceUnixMs: REPORT.sinceUnixMs + byMs },
});

test("a change's delay is from when it was sent to the first connection that ended as it has it", () => {
  expect(seenChange(SEEN)).toEqual({ node: "node-1", to: "open", delayMs: 485, errorMs: 12 });
});

test("clocks are taken to agree unless the command's own times say that they can't", () => {
  expect(clockAheadMs(SEEN)).toBe(0);
  expect(clockAheadMs({ ...SEEN, report: shifted(30) })).toBe(0);
  // Its end would be 5 s after its answer.
  expect(clockAheadMs({ ...SEEN, report: shifted(5_040) })).toBe(5_000);
  expect(clockAheadMs({ ...SEEN, report: shifted(-5_050) })).toBe(-5_000);
  expect(seenChange({ ...SEEN, report: shifted(5_040) })).toMatchObject({ delayMs: 525, errorMs: 5_012 });
});

test("what was never seen, or was so before, is no delay of 0", () => {
  expect(seenChange({ ...SEEN, report: { ...REPORT, sinceUnixMs: 0 } }).delayMs).toBeNull();
  expect(seenChange({ ...SEEN, report: { ...REPORT, otherUnixMs: 0 } }).delayMs).toBeNull();
  expect(seenChange({ ...SEEN, report: { ...REPORT, sinceUnixMs: 2_400 } }).delayMs).toBeNull();
});
