import { describe, expect, test } from "vitest";
import { armViews, failuresByCause, inOrder, ofArm, voidedBlocks } from "../../../reports/view/arms.ts";
import { reproduceAll, reproduceCommand } from "../../../reports/view/command.ts";
import { cliffOf, median, slicePoints } from "../../../reports/view/series.ts";
import { walkOf } from "../../../reports/view/walk.ts";
import { sameReason } from "../../../reports/words/voided.ts";
import type { Voided } from "../../../runner/result/block.ts";
import type { FloodBlockEvidence } from "../../../suites/connection-flood/evidence.ts";
import { voided } from "../analysis/blocks.ts";
import { aaResult, emptyResult, fixture, twoClustersResult } from "./fixture.ts";
import { onWorkload } from "./workload.ts";

describe("arms", () => {
  test("leave the warm-up and invalid blocks out of what is measured", () => {
    const result = fixture();
    const [arm, other] = result.arms;
    const blocks = arm.blocks.map((block, i) => (i === arm.blocks.length - 1 ? voided(block) : block));
    const [view] = armViews({ ...result, arms: [{ ...arm, blocks }, other] });
    expect(view?.blocks.length).toBe(6);
    expect(view?.measured.map((block) => block.round)).toEqual([1, 2, 3, 4]);
  });

  test("of one name are told apart, and each gets its own entries", () => {
    const result = aaResult();
    const arms = armViews(result);
    expect(arms.map((arm) => arm.label)).toEqual(["none (A)", "none (B)"]);
    const own = arms.map((arm) => ofArm(result.hops, arm, arms, (hop) => hop.name));
    expect(own[0]).toHaveLength(result.hops.length / 2);
    expect(own[1]).toHaveLength(result.hops.length / 2);
    expect(own[0]?.some((hop) => own[1]?.includes(hop))).toBe(false);
  });

  test("blocks follow each other as they were run", () => {
    const result = fixture();
    expect(inOrder(armViews(result)).map(({ arm }) => arm.name)).toEqual(result.order);
  });

  test("failures are summed by cause, most frequent first", () => {
    const [baseline, tuned] = armViews(fixture());
    if (!baseline || !tuned) throw new Error("two arms expected");
    expect(failuresByCause(baseline).map(({ cause }) => cause)).toEqual(["connect-timeout", "reset"]);
    const resets = baseline.measured.reduce((total, { outcomes }) => total + (outcomes.reset ?? 0), 0);
    expect(failuresByCause(baseline)[1]?.count).toBe(resets);
    expect(failuresByCause(tuned)).toEqual([]);
  });

  test("reasons for invalid blocks are counted", () => {
    expect(voidedBlocks(armViews(fixture()))).toEqual([]);
    expect(voidedBlocks(armViews(emptyResult())).map(({ blocks }) => blocks)).toEqual([11]);
  });

  test("a block counts once for a reason that several workers gave", () => {
    const result = fixture();
    const [arm, other] = result.arms;
    const [block] = arm.blocks;
    if (!block) throw new Error("a block expected");
    const bad: Voided<FloodBlockEvidence> = {
      ...block,
      valid: false,
      invalidBecause: [
        { kind: "generator-saturated", because: "worker 1: it sent 3 ms late at p99 (at most 2 ms)" },
        { kind: "generator-saturated", because: "worker 2: it sent 9.5 ms late at p99 (at most 2 ms)" },
      ],
    };
    const view = armViews({
      ...result,
      arms: [
        { ...arm, blocks: [bad] },
        { ...other, blocks: [] },
      ],
    });
    expect(voidedBlocks(view).map(({ blocks, reasons }) => [blocks, reasons.length])).toEqual([[1, 2]]);
  });
});

describe("reasons for invalid blocks", () => {
  const saturated = (because: string) => ({ kind: "generator-saturated", because }) as const;

  const failed = (step: string, because: string) => ({ kind: "step-failed", step, because }) as const;

  test("are alike where only their numbers differ, or the words that somebody else has for them", () => {
    expect(sameReason(saturated("worker 1: busy for 97.5 %"), saturated("worker 12: late"))).toBe(true);
    expect(sameReason(failed("kill", "pod a is gone"), failed("kill", "no answer within 3 s"))).toBe(true);
    expect(sameReason({ kind: "not-sent", requests: 3 }, { kind: "not-sent", requests: 4 })).toBe(true);
  });

  test("are not alike where the step, the node or the kind differ", () => {
    expect(sameReason(failed("kill", "no answer"), failed("restart", "no answer"))).toBe(false);
    const gap = (node: string) => ({ kind: "probe-gap", node, ms: 1_600, mostMs: 1_000 }) as const;
    expect(sameReason(gap("node-1"), gap("node-2"))).toBe(false);
    expect(sameReason({ kind: "not-sent", requests: 3 }, { kind: "nothing-scheduled" })).toBe(false);
  });
});

describe("time series", () => {
  test("a median is the middle value, or the mean of the two middle ones", () => {
    expect(median([])).toBeNull();
    expect(median([3])).toBe(3);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test("blocks are laid over each other slice by slice", () => {
    const [baseline] = armViews(fixture());
    if (!baseline) throw new Error("an arm expected");
    const points = slicePoints(baseline);
    expect(points).toHaveLength(60);
    const first = baseline.measured.map((block) => block.series[0]?.p99Ms ?? Number.NaN);
    expect(points[0]?.p99Ms).toEqual({ low: Math.min(...first), median: median(first), high: Math.max(...first) });
    expect(points[0]?.scheduled).toBe(400 * baseline.measured.length);
    const failed = baseline.measured.flatMap((block) => block.series).reduce((total, slice) => total + slice.failed, 0);
    expect(points.reduce((total, point) => total + point.failed, 0)).toBe(failed);
  });

  test("a slice in which nothing was answered has no latency, not a latency of zero", () => {
    const result = fixture();
    for (const block of result.arms[0]?.blocks ?? [])
      for (const slice of block.series.slice(10, 12)) Object.assign(slice, { p50Ms: null, p99Ms: null });
    const [baseline] = armViews(result);
    expect(baseline && slicePoints(baseline)[10]?.p99Ms).toBeNull();
  });

  test("the cliff is the median first drop; an arm without drops has none", () => {
    const [baseline, tuned] = armViews(fixture());
    expect(baseline && cliffOf(baseline)).toEqual({ atS: 17.5, blocks: 5 });
    expect(tuned && cliffOf(tuned)).toBeNull();
  });
});

describe("the walk", () => {
  test("has the hops in order and names those that were not counted", () => {
    const { stops, unmeasured } = walkOf(fixture());
    expect(stops.map((stop) => stop.hop)).toEqual([
      "client-ports",
      "client-conntrack",
      "service-dnat",
      "softnet",
      "listen-queue",
    ]);
    expect(unmeasured).toEqual(["dns", "overlay", "ingress-upstream", "terminating-pod"]);
    expect(stops[1]?.perArm.map((report) => report?.drops)).toEqual([40_320, 0]);
  });

  test("a hop that only one arm could count is unknown in the other, not zero", () => {
    const result = fixture();
    result.hops = result.hops.filter((hop) => hop.name !== "softnet" || hop.arm === "baseline");
    const softnet = walkOf(result).stops.find((stop) => stop.hop === "softnet");
    expect(softnet?.perArm.map((report) => report?.drops ?? null)).toEqual([0, null]);
  });
});

describe("the command to run it again", () => {
  test("names suite, arms, rounds and seed", () => {
    expect(reproduceCommand(fixture())).toBe(
      "packetwalk compare connection-flood --baseline baseline --tuned recommended --rounds 5 --seed 7 --quick",
    );
  });

  test("tries on the same workload again, which has to be allowed again", () => {
    expect(reproduceCommand(onWorkload(fixture()))).toMatch(
      / --workload shop\/deployment\/web\/app --allow-workload-changes$/,
    );
  });

  test("names each arm's cluster, and the same arm twice by its one name", () => {
    expect(reproduceCommand(twoClustersResult())).toMatch(
      / --baseline baseline --tuned baseline .* --baseline-context old-provider --tuned-context new-provider$/,
    );
    const { targets, ...result } = twoClustersResult();
    if (!targets) throw new Error("no targets");
    const lab = { ...targets, tuned: { ...targets.tuned, kind: "lab" as const, context: "packetwalk-b" } };
    expect(reproduceCommand({ ...result, targets: lab })).toMatch(/ --baseline-context old-provider --tuned-lab b$/);
  });

  test("quotes for the shell what a cluster may have named", () => {
    const base = fixture();
    const result = { ...base, target: { ...base.target, kind: "kubeconfig" as const, context: "it's; rm -rf /" } };
    expect(reproduceCommand(result)).toContain(`--context 'it'\\''s; rm -rf /'`);
  });

  describe("of a run that says what was asked", () => {
    const asked = { suites: "connection-flood", "--baseline": "baseline", "--tuned": "./mine,b", "--seed": "7" };

    test("has all of it, switches without a value, and nothing that was found out only", () => {
      const options = { "--rounds": "6", "--quick": "given", "--namespace": "given", "--web-image": "my/web:1 x" };
      const result = fixture({ asked: { ...asked, "tuning ./mine": "SHA-256 ab", ...options }, duet: false });
      expect(reproduceCommand(result)).toBe(
        "packetwalk compare connection-flood --baseline baseline --tuned ./mine,b --seed 7 --rounds 6 --quick --namespace given --web-image 'my/web:1 x'",
      );
    });

    test("has what was allowed, and the way to the cluster", () => {
      const target = { ...fixture().target, kind: "kubeconfig" as const, context: "prod" };
      const given = { "--kubeconfig": "/k", "--allow-node-changes": "given" };
      expect(reproduceCommand(fixture({ asked, given, target }))).toMatch(
        / --context prod --kubeconfig \/k --allow-node-changes$/,
      );
    });

    test("is one command for several suites, unless they were asked about in different ways", () => {
      const both = { ...asked, suites: "connection-flood dns-storm" };
      const flood = fixture({ asked: both, given: {} });
      const dns = fixture({ suite: "dns-storm", asked: { ...both, "--depth": "5" }, given: {} });
      expect(reproduceAll([flood, dns])).toBe(
        "packetwalk compare connection-flood dns-storm --baseline baseline --tuned ./mine,b --seed 7 --depth 5",
      );
      expect(reproduceAll([flood, { ...dns, asked: { ...both, "--seed": "8" } }])).toBeNull();
      expect(reproduceAll([flood, { ...dns, asked }])).toBeNull();
      expect(reproduceAll([fixture()])).toBeNull();
    });
  });
});
