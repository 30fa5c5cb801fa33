/** A comparison in which each arm has a cluster of its own, with trials that measure nothing. */
import { describe, expect, test } from "vitest";
import { NOBODY } from "../../../runner/analysis/live/events.ts";
import { InvalidRunError } from "../../../runner/errors.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { compare } from "../../../runner/experiment/compare.ts";
import type { Comparison } from "../../../runner/experiment/comparison.ts";
import { type EarlierRun, earlierRun } from "../../../runner/experiment/earlier-run.ts";
import { roundsInOrder } from "../../../runner/experiment/order.ts";
import { assertSameTask } from "../../../runner/experiment/same-task.ts";
import type { Runs, Trial } from "../../../runner/experiment/trial.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { LoadSpec } from "../../../runner/load/spec.ts";
import { silent } from "../../../runner/progress.ts";
import { type KeptRun, parseKeptRun, type SoFar } from "../../../runner/result/kept-run.ts";
import type { Role } from "../../../runner/result/result.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { TINY_EVIDENCE, type TinyEvidence } from "../../tiny-suite/evidence.ts";
import { tinyJudging } from "../../tiny-suite/judging.ts";
import { tiny } from "../../tiny-suite/suite.ts";
import { block } from "../analysis/blocks.ts";
import { fixture } from "../reports/fixture.ts";

const ARMS = await armPair<Sysctl>(tiny, "baseline", "baseline");
const OLD = { ...fixture().target, context: "old", uid: "a", kernel: "5.10.0" };
const NEW = { ...fixture().target, context: "new", uid: "b", kernel: "6.12.0" };
const ROUNDS = 4;
/** As made-up blocks have it. */
const LOAD: LoadSpec = {
  model: "open",
  placement: "one-node",
  schedule: constant(6_000, 1_000),
  timeoutMs: 2_000,
  workers: 4,
};

interface Seen {
  /** "old: baseline 1", as they were begun. */
  readonly begun: string[];
  readonly concluded: {
    readonly on: Role;
    readonly kernel: string;
    readonly begun: number;
    readonly blocks: number[];
  }[];
}

function trialOn(role: Role, seen: Seen, failing: boolean, stopAfter: number): Trial<TinyEvidence, Sysctl> {
  return {
    async runBlock(arm, round, sequence) {
      if (seen.begun.length >= stopAfter) throw new Error("stopped");
      seen.begun.push(`${role}: ${arm.name} ${round} #${sequence}`);
      const made = block({ round, failures: failing ? { "connect-timeout": 6_000 } : {} });
      const placement = { web: { [`${role}-node`]: 2 } };
      return { block: { ...made, placement, evidence: { pods: 2 } }, writes: [], readBacks: [] };
    },
    async conclude({ arms, kernel, begun }: Runs<TinyEvidence, Sysctl>) {
      seen.concluded.push({ on: role, kernel, begun, blocks: arms.map(({ blocks }) => blocks.length) });
      return {
        hops: [{ name: "dns", arm: arms[role === "baseline" ? 0 : 1].name, counters: {}, drops: 1 }],
        attribution: { failures: 3, attributed: 2, unexplained: 1, byHop: { dns: 2 }, evidence: [] },
        predictions: [],
        evidence: { greeting: role },
      };
    },
  };
}

interface How {
  readonly failingOn?: Role;
  readonly stopAfter?: number;
  readonly earlier?: EarlierRun<TinyEvidence>;
}

async function run({ failingOn, stopAfter = Number.POSITIVE_INFINITY, earlier }: How = {}) {
  const seen: Seen = { begun: [], concluded: [] };
  let kept: KeptRun | undefined;
  const comparison: Comparison<TinyEvidence, Sysctl> = {
    suite: { name: tiny.name, question: tiny.question, ...tinyJudging },
    ...{ size: "quick", plan: { load: LOAD, rounds: ROUNDS }, engine: "flood", arms: ARMS },
    ...{ seed: 1, target: OLD, version: "0.1.0", asked: {}, earlier: earlier ?? null, mostMinutes: null },
    ...{ say: () => "", sayPremise: () => "nothing gets through", duetPossible: false, workload: null },
    onLive: NOBODY,
    async keep(soFar: SoFar<TinyEvidence>) {
      kept = parseKeptRun(JSON.parse(JSON.stringify({ ...soFar, timelinesBytes: 0 })), "tiny", TINY_EVIDENCE);
    },
  };
  const trials = {
    baseline: trialOn("baseline", seen, failingOn === "baseline", stopAfter),
    tuned: trialOn("tuned", seen, failingOn === "tuned", stopAfter),
  };
  const ended = await compare({ way: "two-clusters", trials, tunedTarget: NEW }, comparison, silent).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  return { ...seen, ...ended, kept };
}

/** As the seed has them, with the number of each. */
function planned(): string[] {
  const names: Record<Role, string> = { baseline: "baseline", tuned: "baseline-2" };
  const found: string[] = [];
  for (const round of roundsInOrder(1)) {
    for (const { role, round: number } of round) found.push(`${role}: ${names[role]} ${number} #${found.length + 2}`);
    if (found.length === 2 * ROUNDS) return found;
  }
  return found;
}

const WARM_UPS = ["baseline: baseline 0 #0", "tuned: baseline-2 0 #1"];

describe("each arm on a cluster of its own", () => {
  test("both warm up, and the blocks follow each other in turns, each on its own cluster", async () => {
    const { begun, result } = await run();
    expect(begun).toEqual([...WARM_UPS, ...planned()]);
    expect(result?.duet, "they could not have run side by side").toBeUndefined();
  });

  test("the result names both, with what they differ in; its target is the baseline's", async () => {
    const { result } = await run();
    expect(result?.target).toEqual(OLD);
    expect(result?.targets).toEqual({
      ...{ baseline: OLD, tuned: NEW },
      differences: expect.arrayContaining([{ what: "kernel", baseline: "5.10.0", tuned: "6.12.0" }]),
    });
    expect(result?.warnings[0]).toEqual({ kind: "two-clusters" });
    // Nodes have other names in the other cluster, and no block is void for that.
    expect(result?.arms.flatMap(({ blocks }) => blocks.map(({ valid }) => valid))).not.toContain(false);
    expect(result?.verdict).toBe("equivalent");
    expect(result?.advice).toEqual([{ kind: "choose-cluster", cluster: "either", onlyFor: [], thenFullSize: true }]);
  });

  test("each cluster concludes its own blocks, with its own kernel, and what they found is joined", async () => {
    const { concluded, result } = await run();
    expect(concluded).toEqual([
      { on: "baseline", kernel: "5.10.0", begun: 2 + 2 * ROUNDS, blocks: [1 + ROUNDS, 0] },
      { on: "tuned", kernel: "6.12.0", begun: 2 + 2 * ROUNDS, blocks: [0, 1 + ROUNDS] },
    ]);
    expect(result).toMatchObject({
      hops: [{ arm: "baseline" }, { arm: "baseline-2" }],
      attribution: { failures: 6, attributed: 4, unexplained: 2, byHop: { dns: 4 } },
      evidence: { greeting: "baseline, tuned" },
    });
  });

  test.each(["baseline", "tuned"] as const)(
    "where nothing gets through on the %s cluster, the warm-up says so",
    async (role) => {
      const { begun, error } = await run({ failingOn: role });
      expect(error).toEqual(new InvalidRunError(`the ${role} cluster: nothing gets through`));
      expect(begun).toEqual(WARM_UPS);
    },
  );

  test("goes on from its blocks, with a warm-up of both", async () => {
    const whole = await run();
    const first = await run({ stopAfter: 5 });
    expect(first.kept?.targets?.tuned).toEqual(NEW);
    const earlier = first.kept && earlierRun(first.kept);
    if (!earlier) throw new Error("nothing to go on from");
    const second = await run({ earlier: earlier as EarlierRun<TinyEvidence> });
    const without = (begun: readonly string[]) => begun.map((each) => each.replace(/ #.*/, ""));
    expect(without(second.begun)).toEqual([...without(WARM_UPS), ...without(planned()).slice(3)]);
    expect(second.result?.verdict).toBe(whole.result?.verdict);
    expect(second.result?.resumed).toMatchObject([{ blocksKept: 3 }]);
  });
});

test("a task that is not the same on both is refused by what differs", () => {
  expect(() => assertSameTask({ given: { "its paths": "a, b" } }, { given: { "its paths": "a" } })).toThrow(
    "the two clusters would not get the same task (its paths: a, b on the baseline cluster, a on the tuned one); choose what both have",
  );
  expect(() => assertSameTask({}, { given: { x: "1" } })).toThrow(
    "x: none on the baseline cluster, 1 on the tuned one",
  );
  expect(() => assertSameTask({ given: { x: "1" } }, { given: { x: "1" } })).not.toThrow();
  expect(() => assertSameTask({}, {})).not.toThrow();
});
