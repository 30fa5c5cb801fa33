import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { counterMechanism, type MetricSpec } from "../../../runner/analysis/metrics.ts";
import type { Block, Counted, Voided } from "../../../runner/result/block.ts";
import type { CounterName } from "../../../runner/result/counters.ts";
import type { Metric, SettledMetric, UnmeasuredMetric } from "../../../runner/result/metric.ts";
import type { FailureCause, Outcomes } from "../../../runner/result/outcomes.ts";
import type { ArmsOf, Result } from "../../../runner/result/result.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { Arms, Tuning, TuningName } from "../../../runner/tunings/tuning.ts";
import { WEB_LOAD_ARMS } from "../../../runner/web-load/arms.ts";
import type { ReportedSuite } from "../../../suites/define-suite.ts";
import { defineSuite } from "../../../suites/define-suite.ts";
import { ARMS as STORM_ARMS } from "../../../suites/dns-storm/arms.ts";
import type { StormEvidence } from "../../../suites/dns-storm/evidence.ts";
import { stormJudging } from "../../../suites/dns-storm/judging.ts";
import type { StormOptions } from "../../../suites/dns-storm/options.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import type { DnsTuning } from "../../../suites/dns-storm/tunings.ts";
import { ROLLOUT_ARMS } from "../../../suites/rolling-update/arms.ts";
import { rolloutJudging } from "../../../suites/rolling-update/judging.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";

/** What must not compile is marked; the type check of `npm run check` fails where it does. */
type DnsStorm = typeof dnsStorm;
type StormJudging = typeof stormJudging;

describe("a suite's types", () => {
  test("hold it to the kinds of tunings that it can stage", () => {
    // @ts-expect-error: these patch Deployments, and a storm has none
    const kinds: DnsStorm["kinds"] = rollingUpdate.kinds;
    expectTypeOf(kinds).not.toBeAny();
  });

  test("hold it to arms of such tunings", () => {
    // @ts-expect-error: these are of patches, and a storm can stage none
    const arms: DnsStorm["arms"] = ROLLOUT_ARMS;
    // @ts-expect-error: these are of sysctls
    const ofTheWeb: DnsStorm["arms"] = WEB_LOAD_ARMS;
    // @ts-expect-error: the same where a suite is defined
    const mixed = () => defineSuite<StormEvidence, DnsTuning, StormOptions>({ ...dnsStorm, arms: rollingUpdate.arms });
    expectTypeOf({ arms, ofTheWeb, mixed }).not.toBeAny();
    expectTypeOf(STORM_ARMS).toExtend<DnsStorm["arms"]>();
  });

  test("hold each of its arms to such tunings", () => {
    const { baseline, recommended, placebo } = STORM_ARMS;
    const three = { baseline, recommended, placebo };
    // @ts-expect-error: this patches Deployments, and a storm has none
    const foreign: Arms<DnsTuning> = { ...three, mine: ["ndots-2", "prestop-exec-sleep-10"] };
    // @ts-expect-error: the catalogue has none of this name
    const unknown: Arms<DnsTuning> = { ...three, mine: ["ndots-20"] };
    expectTypeOf({ foreign, unknown }).not.toBeAny();
    const own: Arms<DnsTuning> = { ...three, mine: ["ndots-2", "replicas-2", "final-dot"] };
    expectTypeOf(own).toExtend<Arms>();
    expectTypeOf<TuningName<DnsTuning>>().not.toEqualTypeOf<TuningName>();
  });

  test("hold its metrics to its own evidence", () => {
    // @ts-expect-error: these read rollouts, and a storm has none
    const metrics: StormJudging["metrics"] = rolloutJudging.metrics;
    expectTypeOf(metrics).not.toBeAny();
    // @ts-expect-error: the same where a suite is defined
    const mixed = () => defineSuite({ ...dnsStorm, judging: rollingUpdate.judging });
    expectTypeOf(mixed).not.toBeAny();
  });

  test("have the arms that no suite goes without", () => {
    // @ts-expect-error: baseline, recommended and placebo are missing
    const none: Arms = {};
    // @ts-expect-error: placebo is missing
    const two: Arms = { baseline: [], recommended: [] };
    expectTypeOf({ none, two }).not.toBeAny();
  });

  test("ask for what has to happen for its question to be answered", () => {
    const { premise: _, ...without } = stormJudging;
    // @ts-expect-error: nobody says whether names were asked for
    const judging: StormJudging = without;
    // @ts-expect-error: this reads rollouts, and a storm has none
    const premise: StormJudging["premise"] = rolloutJudging.premise;
    expectTypeOf({ judging, premise }).not.toBeAny();
  });

  test("ask each kind of tunings what it asks of a cluster", () => {
    const schema = z.strictObject({});
    const make = (): Tuning => {
      throw new Error("never made");
    };
    // @ts-expect-error: nobody could say whether these can be applied
    const silent = () => tuningKind({ name: "mine", schema, make });
    expectTypeOf(silent).not.toBeAny();
    expectTypeOf(() => tuningKind({ name: "mine", schema, make, asks: async () => [] })).not.toBeAny();
  });

  test("let every suite into the registry", () => {
    expectTypeOf(dnsStorm).toExtend<ReportedSuite>();
    expectTypeOf(rollingUpdate).toExtend<ReportedSuite>();
  });
});

describe("a result's types", () => {
  test("know each counter", () => {
    // @ts-expect-error: no probe has such a counter
    const drops = () => counterMechanism("conntrackDorp");
    expectTypeOf(drops).not.toBeAny();
    expectTypeOf<"conntrackDrop">().toExtend<CounterName>();
  });

  test("know each cause", () => {
    // @ts-expect-error: nothing ends like that
    const outcomes: Outcomes = { ok: 1, "conect-timeout": 1 };
    expectTypeOf(outcomes).not.toBeAny();
    expectTypeOf<Exclude<keyof Outcomes, "ok">>().toEqualTypeOf<FailureCause>();
  });

  test("leave a valid block without reasons against it, and no other", () => {
    expectTypeOf<Counted>().not.toHaveProperty("invalidBecause");
    const counted = {} as Omit<Counted, "valid">;
    // @ts-expect-error: valid, with a reason against it
    const both: Block = { ...counted, valid: true, invalidBecause: [{ kind: "nothing-scheduled" }] };
    // @ts-expect-error: not valid, and nobody says why
    const neither: Voided = { ...counted, valid: false, invalidBecause: [] };
    expectTypeOf({ both, neither }).not.toBeAny();
  });

  test("let nothing improve without numbers", () => {
    expectTypeOf<SettledMetric["effect"]>().toEqualTypeOf<number>();
    expectTypeOf<UnmeasuredMetric["verdict"]>().toEqualTypeOf<"inconclusive">();
    const unmeasured = {} as UnmeasuredMetric;
    // @ts-expect-error: improved, and nobody knows by how much
    const improved: Metric = { ...unmeasured, verdict: "improved" };
    expectTypeOf(improved).not.toBeAny();
  });

  test("have two arms", () => {
    const arm = {} as ArmsOf[number];
    // @ts-expect-error: one too many
    const three: Result["arms"] = [arm, arm, arm];
    // @ts-expect-error: a comparison of none
    const none: Result["arms"] = [];
    expectTypeOf({ three, none }).not.toBeAny();
  });

  test("read a metric's value from the evidence of its suite", () => {
    type Spec = StormJudging["metrics"][number];
    expectTypeOf<Spec>().toExtend<MetricSpec<never>>();
  });
});
