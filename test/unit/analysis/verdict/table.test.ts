/** What was once said of made-up blocks, and what is right: each row with its kind around it. */
import { describe, expect, it, test } from "vitest";
import { exitCodeOf } from "../../../../runner/cli/exit-codes.ts";
import { blocks, type Facts, judgeDocument, metricOf, wobble } from "./documents.ts";

const ROUNDS = [5, 6, 8, 12] as const;

/** A few more or fewer of something in every block. */
const about = (count: number, round: number, salt = 0) => Math.round(count * (0.95 + 0.1 * wobble(round, salt)));
const quiet = (round: number): Facts => ({ p99: 5 + wobble(round), drops: 0 });
const lossy = (round: number): Facts => ({
  failures: { "connect-timeout": about(1_600, round) },
  p99: 3_000 + wobble(round),
  drops: about(4_900, round),
});

describe.each(ROUNDS)("with %i rounds", (rounds) => {
  test("no way to the Service: all requests time out in both arms", () => {
    for (const cause of ["connect-timeout", "refused", "reset", "unreachable", "tls", "dns-nxdomain"]) {
      const dead = () => blocks(rounds, () => ({ failures: { [cause]: 6_000 }, p99: 3_000 }));
      const { verdict, why } = judgeDocument(dead(), dead());
      expect(verdict).toBe("invalid");
      expect(why).toMatchObject({ kind: "premise-not-met", because: { kind: "no-way" } });
    }
  });

  test("most requests fail in both arms and nothing explains it", () => {
    const broken = () => blocks(rounds, (round) => ({ failures: { reset: about(4_500, round) }, drops: 0 }));
    expect(judgeDocument(broken(), broken()).why).toMatchObject({ because: { kind: "mostly-failed" } });
  });

  test("success falls by fast resets while drops vanish", () => {
    const before = blocks(rounds, (round) => ({
      failures: { "connect-timeout": about(150, round) },
      drops: about(456, round),
      p99: 1_000,
    }));
    const after = blocks(rounds, (round) => ({ failures: { reset: about(3_000, round) }, drops: 0, p99: 5 }));
    expect(judgeDocument(before, after).verdict).toBe("regressed");
    expect(judgeDocument(before, after, {}, "saturation").verdict).toBe("regressed");
  });

  test("latency rises with no counter, while drops that cost nobody vanish", () => {
    const before = blocks(rounds, (round) => ({ p99: 5 + wobble(round), drops: about(400, round) }));
    const after = blocks(rounds, (round) => ({ p99: 900 + wobble(round), drops: 0 }));
    expect(judgeDocument(before, after).verdict).toBe("regressed");
  });

  test("drops that cost nobody vanish, and nothing else changes: nobody is better off", () => {
    const costless = (drops: number) => ({
      counters: [
        { where: "node node-1", hop: "client-conntrack", deltas: { conntrackDrop: drops } },
        { where: "load workers on node-1", hop: "client-ports", deltas: { synRetrans: 0 } },
      ],
    });
    const before = blocks(rounds, (round) => ({ ...quiet(round), ...costless(about(400, round)) }));
    const after = blocks(rounds, (round) => ({ ...quiet(round), ...costless(0) }));
    const judgement = judgeDocument(before, after);
    expect(judgement.verdict).toBe("inconclusive");
    expect(metricOf(judgement, "drops").why).toEqual({ kind: "no-mechanism" });
  });

  test("a remedy makes requests fail that nobody explains", () => {
    for (const suite of ["rolling-update", "dns-storm", "connection-flood", "saturation"]) {
      const before = blocks(rounds, (round) => ({ scheduled: 3_150, failures: { "status-502": about(40, round) } }));
      const after = blocks(rounds, (round) => ({ scheduled: 3_150, failures: { "status-500": about(800, round) } }));
      expect(judgeDocument(before, after, {}, suite).verdict, suite).toBe("regressed");
    }
  });

  test("generator lag of one arm is the generator's, whichever arm it is", () => {
    const early = blocks(rounds, (round) => ({ p99: 5 + wobble(round), lag: 1, drops: 0 }));
    const late = blocks(rounds, (round) => ({ p99: 48 + wobble(round), lag: 45, drops: 0 }));
    for (const [before, after] of [
      [early, late],
      [late, early],
    ] as const) {
      const judgement = judgeDocument(before, after);
      expect(judgement.verdict).toBe("inconclusive");
      expect(metricOf(judgement, "latency-p99").why.kind).toBe("generator-late");
    }
    // Far beyond what the lag can make, it is the target's.
    const slow = blocks(rounds, (round) => ({ p99: 900 + wobble(round), lag: 45, drops: 0 }));
    expect(judgeDocument(early, slow).verdict).toBe("regressed");
  });

  test("one packet in 6,000 explains no p99", () => {
    const before = blocks(rounds, (round) => ({ p99: 400 + wobble(round), drops: 1 }));
    const after = blocks(rounds, (round) => ({ p99: 50 + wobble(round), drops: 0 }));
    const judgement = judgeDocument(before, after);
    expect(judgement.verdict).toBe("inconclusive");
    expect(metricOf(judgement, "latency-p99").why).toMatchObject({ kind: "mechanism-too-small", moved: 1 });
    const enough = blocks(rounds, (round) => ({ p99: 400 + wobble(round), drops: about(90, round) }));
    expect(metricOf(judgeDocument(enough, after), "latency-p99").verdict).toBe("improved");
  });

  test("a node's drops are unread in one arm: compared only where both arms were read", () => {
    const nodes = (first: number, second: number | null) => ({
      counters: [
        { where: "node node-1", hop: "client-conntrack", deltas: { conntrackDrop: first } },
        ...(second === null ? [] : [{ where: "node node-2", hop: "service-dnat", deltas: { conntrackDrop: second } }]),
        { where: "load workers on node-1", hop: "client-ports", deltas: { synRetrans: first } },
      ],
    });
    const both = blocks(rounds, (round) => ({ ...quiet(round), ...nodes(0, about(5_000, round)) }));
    const one = blocks(rounds, (round) => ({ ...quiet(round), ...nodes(0, null) }));
    for (const judgement of [judgeDocument(both, one), judgeDocument(one, both)]) {
      expect(metricOf(judgement, "drops").effect).toBe(0);
      expect(judgement.warnings).toContainEqual(
        expect.objectContaining({ kind: "read-in-one-arm", where: ["node node-2"] }),
      );
    }
  });

  test("drops readable in one block of an arm only are no evidence", () => {
    const before = blocks(rounds, quiet);
    const after = blocks(rounds, (round) => (round === 1 ? quiet(round) : { p99: 5 + wobble(round) }));
    const drops = metricOf(judgeDocument(before, after), "drops");
    expect(drops).toMatchObject({ verdict: "inconclusive" });
    expect(metricOf(judgeDocument(after, before), "drops").verdict).toBe("inconclusive");
  });

  test("a tuning that never arrived did not do it", () => {
    const tuning = (arrival: string) => ({
      tunings: [
        {
          ...{ name: "fin-timeout", arm: "tuned", setting: "net.ipv4.tcp_fin_timeout = 15", scope: "node" },
          ...{ actsIn: "pods", arrival, note: "", failed: null, readBacks: [] },
        },
      ],
    });
    const [before, after] = [blocks(rounds, lossy), blocks(rounds, quiet)];
    for (const arrival of ["never-arrived", "refused", "not-applicable"]) {
      expect(judgeDocument(before, after, tuning(arrival))).toMatchObject({
        verdict: "inconclusive",
        why: { kind: "not-by-tuning" },
      });
      // Harm is not excused: something about the arm does it.
      expect(judgeDocument(after, before, tuning(arrival)).verdict).toBe("regressed");
    }
    for (const arrival of ["arrived", "partly"])
      expect(judgeDocument(before, after, tuning(arrival)).verdict).toBe("improved");
  });

  test("pods placed elsewhere in most tuned blocks: the arms are not the same experiment", () => {
    const placed = (node: string) => ({ placement: { web: { [node]: 2 } } });
    const before = blocks(rounds, (round) => ({ ...lossy(round), ...placed("node-1") }));
    const after = blocks(rounds, (round) => ({ ...quiet(round), ...placed(round === rounds ? "node-1" : "node-2") }));
    expect(judgeDocument(before, after).verdict).toBe("invalid");
    const onlyOne = blocks(rounds, (round) => ({ ...quiet(round), ...placed(round === 2 ? "node-2" : "node-1") }));
    expect(judgeDocument(before, onlyOne).verdict).toBe("improved");
  });

  test("a first block that was cold is no evidence", () => {
    const cold = { ...blocks(1, () => ({ drops: 0 }))[0], ...{ round: 0 } };
    expect(judgeDocument([cold, ...blocks(rounds, lossy)], blocks(rounds, quiet)).verdict).toBe("improved");
  });

  test("latency of what succeeds, behind the same share of timeouts in both arms", () => {
    const with_ = (okP99: number) =>
      blocks(rounds, (round) => ({
        failures: { "connect-timeout": 90 },
        p99: 3_000,
        okP99: okP99 + wobble(round),
        drops: 270,
      }));
    const judgement = judgeDocument(with_(5), with_(2_500));
    expect(judgement.verdict).toBe("regressed");
    expect(metricOf(judgement, "latency-p99").verdict).toBe("equivalent");
    expect(judgeDocument(with_(2_500), with_(5)).verdict).not.toBe("regressed");
  });
});

describe("blocks that fail completely, now and then", () => {
  it.each([
    [10, 2],
    [20, 6],
    [30, 10],
  ])("of %i blocks %i: never equivalent", (rounds, failing) => {
    for (const cause of ["connect-timeout", "reset", "status-503"]) {
      const wild = blocks(rounds, (round) =>
        round % Math.floor(rounds / failing) === 1 && round <= failing * Math.floor(rounds / failing)
          ? { failures: { [cause]: 6_000 }, p99: 3_000, drops: 0 }
          : quiet(round),
      );
      expect(["regressed", "inconclusive"]).toContain(judgeDocument(blocks(rounds, quiet), wild).verdict);
      // The other way round it is no proof of help either.
      expect(judgeDocument(wild, blocks(rounds, quiet)).verdict).toBe("inconclusive");
    }
  });

  it("names the worst block", () => {
    const wild = blocks(10, (round) =>
      round === 4 ? { failures: { reset: 6_000 }, drops: 0 } : { ...quiet(round), failures: { refused: round % 2 } },
    );
    expect(metricOf(judgeDocument(blocks(10, quiet), wild), "success-rate").why).toEqual({
      ...{ kind: "fails-in-one-arm", arm: "tuned", cause: "reset", round: 4, requests: 6_000, of: 6_000 },
      ...{ otherMost: 0, inAll: 6_000, ofAll: 60_000, otherInAll: 0 },
    });
  });
});

describe("failures that the other arm never has, however few", () => {
  const failingIn = (rounds: number, count: (round: number) => number, cause = "reset", more: Facts = {}) =>
    blocks(rounds, (round) => {
      const failed = count(round);
      return { ...quiet(round), ...(failed === 0 ? {} : { failures: { [cause]: failed } }), ...more };
    });

  it.each([
    ["reset", "connection-flood"],
    ["connect-timeout", "connection-flood"],
    ["status-503", "connection-flood"],
    ["refused", "saturation"],
    ["status-502", "rolling-update"],
    ["dns-timeout", "dns-storm"],
  ])("are no equality: %s, judged as %s", (cause, suite) => {
    for (const rounds of [5, 6, 10])
      for (const each of [2, 10, 20]) {
        const wild = failingIn(rounds, () => each, cause);
        const calm = blocks(rounds, quiet);
        expect(judgeDocument(calm, wild, {}, suite).verdict, `${each} in each of ${rounds}`).not.toBe("equivalent");
        expect(judgeDocument(wild, calm, {}, suite).verdict, `${each}, swapped`).not.toBe("equivalent");
        const success = metricOf(judgeDocument(wild, calm, {}, suite), "success-rate");
        expect(success.verdict).not.toBe("equivalent");
      }
  });

  it.each([6, 29, 60, 1_500])("are no equality where one block alone has them: %i of 6,000", (failed) => {
    const wild = failingIn(10, (round) => (round === 3 ? failed : 0));
    expect(judgeDocument(blocks(10, quiet), wild).verdict).toBe("inconclusive");
    expect(judgeDocument(wild, blocks(10, quiet)).verdict).toBe("inconclusive");
  });

  it("are a regression where they are certain and cost half of what matters, and open where they cost less", () => {
    const success = (each: number) =>
      metricOf(
        judgeDocument(
          blocks(10, quiet),
          failingIn(10, () => each),
        ),
        "success-rate",
      );
    expect(success(20)).toMatchObject({ verdict: "regressed", why: { kind: "harmed" } });
    expect(success(15).verdict).toBe("regressed");
    expect(success(14)).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "fails-in-one-arm", arm: "tuned", requests: 14, inAll: 140, otherInAll: 0 },
    });
  });

  it("count beside as many others that both arms have", () => {
    const cliff = (resets: number) =>
      blocks(8, (round) => ({
        ...lossy(round),
        failures: { "connect-timeout": about(3_000, round) - resets, ...(resets > 0 ? { reset: resets } : {}) },
      }));
    const judgement = judgeDocument(cliff(0), cliff(20));
    expect(judgement.verdict).toBe("inconclusive");
    expect(metricOf(judgement, "success-rate").why).toMatchObject({ cause: "reset", inAll: 160 });
    expect(judgeDocument(cliff(20), cliff(20)).verdict).toBe("equivalent");
  });

  it("are of one arm too where the other has a stray of them", () => {
    const stray = failingIn(10, (round) => (round === 1 ? 1 : 0));
    expect(
      judgeDocument(
        stray,
        failingIn(10, () => 9),
      ).verdict,
    ).toBe("inconclusive");
    expect(
      judgeDocument(
        stray,
        failingIn(10, (round) => (round === 7 ? 12 : 0)),
      ).verdict,
    ).toBe("inconclusive");
  });

  it("keep what strays could be by chance: up to five against none, and what both arms have", () => {
    for (const strays of [1, 3, 5]) {
      const few = failingIn(10, (round) => (round <= strays ? 1 : 0));
      expect(judgeDocument(blocks(10, quiet), few).verdict, `${strays}`).toBe("equivalent");
      expect(judgeDocument(few, blocks(10, quiet)).verdict, `${strays}`).toBe("equivalent");
    }
    const some = (salt: number) => failingIn(10, (round) => Math.round(6 * wobble(round, salt)));
    expect(judgeDocument(some(0), some(1)).verdict).toBe("equivalent");
  });

  it("are looked for in as many requests as there were", () => {
    const half = failingIn(5, () => 1, "reset", {});
    // Five of 30,000 against none of 60,000 are a stray's chance in 243.
    expect(judgeDocument(blocks(10, quiet), half).verdict).toBe("inconclusive");
    expect(judgeDocument(half, blocks(10, quiet)).verdict).toBe("inconclusive");
  });
});

describe("voiding that depends on the arm", () => {
  it.each(["generator-lag", "steal"] as const)("leaves a choice of blocks: %s", (kind) => {
    const reason = kind === "steal" ? { kind, share: 0.2, mostShare: 0.02 } : { kind, p99Ms: 300, mostMs: 50 };
    const before = blocks(10, (round) => ({ p99: 400 + wobble(round), drops: about(500, round) }));
    const after = blocks(10, (round) =>
      round <= 6
        ? { p99: 900, drops: 0, valid: false, invalidBecause: [reason], lag: kind === "steal" ? 1 : 300 }
        : { p99: 50 + wobble(round), drops: 0 },
    );
    const judgement = judgeDocument(before, after);
    expect(metricOf(judgement, "latency-p99")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "spoilt-by-arm", baseline: 0, tuned: 6, tunedOf: 10 },
    });
    expect(judgement.warnings).toContainEqual(expect.objectContaining({ kind: "spoilt-by-arm" }));
    expect(judgement).toMatchObject({ verdict: "inconclusive", why: { kind: "possible-harm" } });
    expect(exitCodeOf([judgement])).toBe(2);
  });

  it("keeps an improvement back where none of the tuned arm's blocks can tell a metric, too", () => {
    const late = (rounds: number) => blocks(rounds, (round) => ({ ...quiet(round), lag: 400 }));
    const judgement = judgeDocument(blocks(8, lossy), late(8));
    expect(metricOf(judgement, "latency-p99")).toMatchObject({ state: "unmeasured", why: { kind: "spoilt-by-arm" } });
    expect(judgement).toMatchObject({ verdict: "inconclusive", why: { kind: "possible-harm" } });
  });

  it("keeps none back where it is the baseline's blocks: what the tuned arm does is all there", () => {
    const late = blocks(8, (round) => ({ ...lossy(round), lag: round <= 5 ? 400 : 1 }));
    const judgement = judgeDocument(late, blocks(8, quiet));
    expect(metricOf(judgement, "latency-p99").why.kind).toBe("spoilt-by-arm");
    expect(judgement.verdict).toBe("improved");
  });

  it("is no equality, whichever arm it is", () => {
    const late = blocks(8, (round) => ({ ...quiet(round), lag: round <= 5 ? 400 : 1 }));
    expect(judgeDocument(late, blocks(8, quiet)).verdict).toBe("inconclusive");
    expect(judgeDocument(blocks(8, quiet), late).verdict).toBe("inconclusive");
  });

  it("hides no harm", () => {
    const after = blocks(8, (round) => ({ ...lossy(round), lag: round <= 5 ? 400 : 1 }));
    expect(judgeDocument(blocks(8, quiet), after).verdict).toBe("regressed");
  });

  it("says nothing against counts, which a late generator does not spoil", () => {
    const late = (facts: Facts): Facts => ({ ...facts, lag: 400 });
    const judgement = judgeDocument(
      blocks(6, (round) => late(lossy(round))),
      blocks(6, (round) => late(quiet(round))),
    );
    expect(judgement.verdict).toBe("improved");
    expect(metricOf(judgement, "latency-p99")).toMatchObject({ state: "unmeasured", why: { kind: "spoilt" } });
  });
});

describe("counters that began anew", () => {
  it("a 32-bit counter wraps: 16 drops, not minus four billion", () => {
    const wrapped = blocks(6, (round) => ({ ...quiet(round), drops: -4_294_967_280 }));
    expect(metricOf(judgeDocument(wrapped, wrapped), "drops").baseline).toBe(16);
  });

  it("one that began anew is not known", () => {
    const anew = blocks(6, (round) => ({ ...quiet(round), drops: -900 }));
    expect(metricOf(judgeDocument(anew, blocks(6, quiet)), "drops")).toMatchObject({ state: "unmeasured" });
  });

  it("one that was gone before the end proves no improvement", () => {
    const cut = (round: number) => ({
      ...quiet(round),
      counters: [
        { where: "node node-1", hop: "client-conntrack", deltas: { conntrackDrop: 900 }, atLeast: ["conntrackDrop"] },
        { where: "load workers on node-1", hop: "client-ports", deltas: { synRetrans: 900 } },
      ],
    });
    const judgement = judgeDocument(blocks(6, lossy), blocks(6, cut));
    expect(metricOf(judgement, "drops")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "counters-incomplete" },
    });
  });
});

describe("few rounds", () => {
  it.each([1, 2])("%i: no interval that is not one", (rounds) => {
    for (const metric of judgeDocument(blocks(rounds, quiet), blocks(rounds, quiet)).metrics) {
      if (metric.state === "unmeasured") continue;
      expect(metric.ci === null || (metric.confidence ?? 1) < 0.95).toBe(true);
    }
    expect(judgeDocument(blocks(rounds, quiet), blocks(rounds, quiet)).verdict).toBe("inconclusive");
    expect(judgeDocument(blocks(rounds, lossy), blocks(rounds, quiet)).verdict).toBe("inconclusive");
  });

  it("zero events in little data are little data", () => {
    const tiny = (scheduled: number) => blocks(6, () => ({ scheduled, drops: 0 }));
    expect(metricOf(judgeDocument(tiny(20), tiny(20)), "success-rate").verdict).toBe("inconclusive");
    expect(metricOf(judgeDocument(tiny(6_000), tiny(6_000)), "success-rate").verdict).toBe("equivalent");
  });
});

it("a regression is never hidden by another suite that has no answer", () => {
  expect(exitCodeOf([{ verdict: "regressed" }, { verdict: "inconclusive" }])).toBe(1);
  expect(exitCodeOf([{ verdict: "invalid" }, { verdict: "regressed" }])).toBe(1);
  expect(exitCodeOf([{ verdict: "improved" }, { verdict: "inconclusive" }])).toBe(2);
  expect(exitCodeOf([{ verdict: "equivalent" }, { verdict: "invalid" }, { verdict: "inconclusive" }])).toBe(3);
  expect(exitCodeOf([])).toBe(3);
});

it("a cliff that is removed is an improvement, one that is made a regression, one that stays neither", () => {
  const [bad, good] = [blocks(6, lossy), blocks(6, quiet)];
  expect(judgeDocument(bad, good)).toMatchObject({ verdict: "improved" });
  expect(judgeDocument(good, bad)).toMatchObject({ verdict: "regressed" });
  expect(
    judgeDocument(
      bad,
      blocks(6, (round) => lossy(round + 3)),
    ),
  ).toMatchObject({ verdict: "equivalent" });
  expect(
    judgeDocument(
      good,
      blocks(6, (round) => quiet(round + 2)),
    ),
  ).toMatchObject({ verdict: "equivalent" });
});
