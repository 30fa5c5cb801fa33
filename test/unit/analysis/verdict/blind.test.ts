/** Blocks of a cluster that refuses agents: what can be judged of them, and what is said. */
import { expect, test } from "vitest";
import { HistogramSum } from "../../../../runner/analysis/histogram.ts";
import { drops, latency, successRate } from "../../../../runner/analysis/metrics.ts";
import { isSentAgain } from "../../../../runner/analysis/syn-schedule.ts";
import { judge } from "../../../../runner/analysis/verdict/judge.ts";
import type { CounterName } from "../../../../runner/result/counters.ts";
import { block } from "../blocks.ts";
import { connects } from "../connects.ts";

const METRICS = [
  successRate({ primary: true, floor: { absolute: 0.5 } }),
  drops({ primary: true, floor: { absolute: 20 } }),
  latency("p99", { primary: true, floor: { absolute: 20 } }),
];
const BECAUSE = "violates PodSecurity";

interface Clients {
  readonly failed: number;
  /** Of those that ended well, in ms. */
  readonly connectMs?: readonly number[];
  readonly counters?: Partial<Record<CounterName, number>>;
}

function arm(role: "baseline" | "tuned", { failed, connectMs = [], counters = {} }: Clients) {
  const blocks = Array.from({ length: 8 }, (_, index) =>
    block({
      round: index + 1,
      failures: { "connect-timeout": failed + index },
      counters: [{ hop: "client-ports", deltas: counters }],
      overrides: {
        withoutAgents: BECAUSE,
        stealShare: null,
        histograms: { latency: "", connect: connects(connectMs), firstByte: "" },
      },
    }),
  );
  return { name: role, role, tunings: [], blocks };
}

function judged(baseline: Clients, tuned: Clients) {
  return judge({
    suite: { metrics: METRICS },
    arms: [arm("baseline", baseline) as never, arm("tuned", tuned) as never],
    tunings: [],
    plan: { scheduledPerBlock: 6_000, workers: 4 },
    spent: 1,
    duet: false,
  });
}

test("drops are unmeasured and decide nothing; the verdict says that it is without kernel counters", () => {
  const { verdict, metrics, warnings } = judged({ failed: 0 }, { failed: 0 });
  expect(metrics.find(({ name }) => name === "drops")).toMatchObject({ state: "unmeasured", primary: false });
  expect(verdict).toBe("equivalent");
  expect(warnings).toContainEqual({ kind: "without-kernel-counters", because: BECAUSE });
});

test("a help without anything at the clients that explains it is not believed; harm needs no explanation", () => {
  const [many, few] = [{ failed: 600 }, { failed: 0 }];
  const helped = judged(many, few).metrics.find(({ name }) => name === "success-rate");
  expect(helped).toMatchObject({ verdict: "inconclusive", why: { kind: "no-mechanism" } });
  expect(judged(few, many).verdict).toBe("regressed");
});

test.each<[string, Partial<Clients>, string]>([
  [
    "connects at the times at which SYNs are sent again",
    { connectMs: Array.from({ length: 400 }, (_, index) => [1_003, 3_040, 7_100][index % 3] ?? 0) },
    "connects at 1, 2, 3, 4, 5 or 7 s",
  ],
  ["SYNs that the load pods sent again", { counters: { synRetrans: 1_200 } }, "synRetrans of the load pods"],
])("%s explain a help", (_, baseline, mechanism) => {
  const quiet = { failed: 0, connectMs: [1, 2, 3], counters: { synRetrans: 0 } };
  const { metrics } = judged({ ...quiet, failed: 600, ...baseline }, quiet);
  expect(metrics.find(({ name }) => name === "success-rate")).toMatchObject({ verdict: "improved", mechanism });
});

test("a slow answer is no lost SYN", () => {
  const slow = new HistogramSum();
  slow.add(connects([1, 200, 900, 1_500, 2_600, 6_000]));
  expect(slow.countWhere(isSentAgain)).toBe(0);
});
