import { expect, test } from "vitest";
import { growthOf } from "../../../../../suites/service-scale/analysis/growth.ts";
import { SCALE_METRICS } from "../../../../../suites/service-scale/analysis/metrics.ts";
import { predictScale } from "../../../../../suites/service-scale/analysis/predictions.ts";
import { scalePremise } from "../../../../../suites/service-scale/analysis/premise.ts";
import { evidence, scaleBlock } from "../measured.ts";

const SIZES = [1, 100, 1_000, 2_000, 2_000, 2_000, 1_000, 100, 1];
const LINEAR = SIZES.map((services, at) => scaleBlock(evidence(services), at + 1));
const inMap = (services: number) =>
  evidence(services, {
    ...{ mode: "nftables", target: { address: "10.96.0.20", place: "tail", rulesWalked: null } },
    connectMs: { p50: 0.1, p99: 1 },
  });
const FLAT = SIZES.map((services, at) => scaleBlock(inMap(services), at + 1));

const WALKED = growthOf("a", LINEAR);
const MAPPED = growthOf("b", FLAT);
const growthBy = (of: string, against: string, { growth } = WALKED) =>
  growth.find((each) => each.of === of && each.against === against);

test("a walk grows linearly in Services and in rules, and a map does not", () => {
  expect(growthBy("connect-p50", "services")?.order).toBe("linear");
  expect(growthBy("connect-p50", "rules-walked")?.perThing?.slope).toBeCloseTo(15e-6, 9);
  expect(growthBy("connect-p50", "services", MAPPED)?.order).toBe("constant");
  expect(growthBy("connect-p50", "rules-walked", MAPPED)).toBeUndefined();
});

test("a sync falls behind at one change for each of its durations", () => {
  expect(WALKED.fallsBehind.at(-1)).toEqual({ arm: "a", services: 2_000, syncMs: 220, changesPerSecond: 1_000 / 220 });
});

test("only sizes that were not there are told by the model", () => {
  const beyond = WALKED.beyond.filter(({ of }) => of === "connect-p50");
  expect(beyond.map(({ services }) => services)).toEqual([5_000, 10_000, 50_000]);
  expect(beyond[1]?.value).toBeCloseTo(0.25, 5);
});

test("a cost that no block could read is left out, and an arm without a block grows in nothing", () => {
  const unread = SIZES.map((services, at) => scaleBlock(evidence(services, { connectMs: null, proxies: [] }), at + 1));
  const found = growthOf("a", unread);
  expect(found.growth.map(({ of }) => of)).toEqual(["softirq-per-connection", "programming-delay"]);
  expect(found.fallsBehind).toEqual([]);
  expect(growthOf("a", [])).toEqual({ growth: [], fallsBehind: [], beyond: [] });
});

test("prediction and measurement stand beside each other: rules by nanoseconds, largest size less smallest", () => {
  const [row] = predictScale("a", LINEAR);
  expect(row?.predicted).toBeCloseTo((1_999 * 15.5) / 1e6, 9);
  expect(row?.measured).toBeCloseTo((1_999 * 15) / 1e6, 9);
  expect(row?.notes.map(({ kind }) => kind)).toEqual(["ns-per-rule", "largest-less-smallest"]);
  const [flat] = predictScale("b", FLAT);
  expect([flat?.predicted, flat?.measured, flat?.error]).toEqual([0, 0, null]);
  const [alone] = predictScale("c", LINEAR.slice(3, 5));
  expect([alone?.measured, alone?.notes.at(-1)?.kind]).toEqual([null, "one-size-only"]);
});

test("metrics are of the largest size alone", () => {
  const connect = SCALE_METRICS.find(({ name }) => name === "connect-p50");
  expect(LINEAR.map((block) => connect?.of(block) ?? null).filter((value) => value !== null)).toHaveLength(3);
});

test("rules that one node lacks in one block fail the premise, whatever was measured", () => {
  const short = evidence(2_000, {
    nodes: [
      { node: "node-1", wanted: 2_000, found: 2_000, rules: 12_000 },
      { node: "node-2", wanted: 2_000, found: 1_999, rules: 12_000 },
    ],
  });
  const arm = (role: "baseline" | "tuned", blocks: typeof LINEAR) =>
    ({ name: role, role, tunings: [], blocks }) as const;
  const whole = [
    { ...arm("baseline", LINEAR), role: "baseline" },
    { ...arm("tuned", FLAT), role: "tuned" },
  ] as const;
  expect(scalePremise(whole)).toEqual({ state: "met" });
  const lacking = [whole[0], { ...whole[1], blocks: [...FLAT, scaleBlock(short, 10)] }] as const;
  expect(scalePremise(lacking)).toEqual({
    state: "not-met",
    because: { kind: "of-suite", said: { kind: "not-programmed", node: "node-2", found: 1_999, wanted: 2_000 } },
  });
  const unread = [whole[0], { ...whole[1], blocks: [scaleBlock(evidence(5, { nodes: [] }))] }] as const;
  expect(scalePremise(unread).state).toBe("not-met");
});
