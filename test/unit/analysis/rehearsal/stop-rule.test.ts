import { expect, test } from "vitest";
import { StopRules } from "../../../../runner/analysis/rehearsal/stop-rule.ts";

const rules = () => new StopRules({ mostFailedRequests: 10, mostBrokenStages: 2 });

test("failures of all stages count together, as soon as a worker tells of them", () => {
  const all = rules();
  expect(all.told({ ok: 100, reset: 4 })).toBe(false);
  expect(all.told({ ok: 100, "status-503": 1 })).toBe(false);
  all.ended({ kind: "day", outcomes: { ok: 200, reset: 4, "status-503": 2 } }, "held");
  expect(all.isSpent).toBe(false);
  expect(all.told({ ok: 0, "connect-timeout": 3 })).toBe(false);
  expect(all.told({ ok: 0, "connect-timeout": 1 })).toBe(true);
  // What a worker told of and could not report any more is spent all the same.
  all.ended({ kind: "search", outcomes: { ok: 0 } }, "unseen");
  expect(all.isSpent).toBe(true);
  expect(all.state()).toEqual({ failedRequests: 10, mostFailedRequests: 10, brokenStages: 0, mostBrokenStages: 2 });
});

test("what never left our own pods is nobody's error budget", () => {
  const all = rules();
  expect(all.told({ ok: 1, "not-sent": 1000, "port-exhausted": 1000 })).toBe(false);
  all.ended({ kind: "search", outcomes: { ok: 1, "not-sent": 1000, "port-exhausted": 1000 } }, "load-limited");
  expect(all.state()).toMatchObject({ failedRequests: 0, brokenStages: 0 });
});

test("stages of the search that broke count, the day does not", () => {
  const all = rules();
  for (const [kind, verdict] of [
    ["day", "broke"],
    ["search", "held"],
    ["search", "broke"],
  ] as const)
    all.ended({ kind, outcomes: { ok: 1 } }, verdict);
  expect(all.isSpent).toBe(false);
  all.ended({ kind: "search", outcomes: { ok: 1 } }, "broke");
  expect(all.isSpent).toBe(true);
});
