import { expect, test } from "vitest";
import { guardsOf } from "../../../../runner/analysis/rehearsal/guards.ts";
import { secondSamples } from "../../../../runner/rehearsal/run/to-prometheus.ts";
import { secondWords } from "../../../../runner/rehearsal/run/words.ts";
import { second } from "../../analysis/rehearsal/stages.ts";

const guards = guardsOf([], { durationS: 60, ratePerSecond: 100, idlePerSecond: 0 });

test("a second of which some workers told says of how many, and what nobody told is not zero", () => {
  expect(secondWords(second(3), guards)).toBe("4 s · 100/s · p99 20 ms · failed 0 · drops 0 · table 10 %");
  expect(secondWords(second(3, { ended: 50, toldShare: 0.5 }), guards)).toContain("50/s (of 50 % of the workers)");
  expect(secondWords(second(3, null, null), guards)).toContain("load not seen · p99 – · failed ? · drops not seen");
});

test("no rate is written of a part of the load; shares and latencies are", () => {
  const begun = { kind: "search", ratePerSecond: 100, startedAt: "2026-11-27T00:00:00Z" } as const;
  const names = (toldShare: number) =>
    secondSamples({ rehearsal: "r", number: 1 }, begun, second(3, { toldShare })).map(({ name }) =>
      name.replace("packetwalk_rehearsal_", ""),
    );
  const shares = ["failed_share", "latency_p99_seconds", "drops_per_second", "conntrack_fill_ratio"];
  expect(names(1)).toEqual(["stage", "offered_per_second", "ended_per_second", ...shares]);
  expect(names(0.5)).toEqual(["stage", ...shares]);
});
