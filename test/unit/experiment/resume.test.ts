import { describe, expect, test } from "vitest";
import { NOBODY } from "../../../runner/analysis/live/events.ts";
import { MET } from "../../../runner/analysis/verdict/premise.ts";
import { BrokenOff } from "../../../runner/cluster/access/patience.ts";
import { EnvironmentError, Interrupted, InvalidRunError } from "../../../runner/errors.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { compare } from "../../../runner/experiment/compare.ts";
import type { Comparison } from "../../../runner/experiment/comparison.ts";
import { type EarlierRun, earlierRun } from "../../../runner/experiment/earlier-run.ts";
import { roundsInOrder } from "../../../runner/experiment/order.ts";
import type { RanBlock, Trial, Trials } from "../../../runner/experiment/trial.ts";
import { silent } from "../../../runner/progress.ts";
import type { Block } from "../../../runner/result/block.ts";
import { type KeptRun, parseKeptRun, type SoFar } from "../../../runner/result/kept-run.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { TINY_EVIDENCE, type TinyEvidence } from "../../tiny-suite/evidence.ts";
import { tinyJudging } from "../../tiny-suite/judging.ts";
import { tiny } from "../../tiny-suite/suite.ts";
import { block, type NoEvidence, voided } from "../analysis/blocks.ts";
import { fixture } from "../reports/fixture.ts";

const ROUNDS = 8;
const ARMS = await armPair<Sysctl>(tiny, "baseline", "recommended");

/** So noisy that the look after 6 rounds decides nothing, and with one block that has to be replaced. */
function measured(arm: string, round: number): RanBlock<TinyEvidence["block"]> {
  const failed = ((round * 7919 + arm.length * 104_729) % 1_500) + (arm === "baseline" ? 300 : 0);
  const made = block({ round, failures: { reset: failed } });
  const counted = arm === "recommended" && round === 3 ? voided<NoEvidence>(made) : made;
  const set = arm === "recommended" ? [{ tuning: "pod-port-range", node: "node-1", error: null }] : [];
  return {
    block: { ...counted, evidence: { pods: 2 } },
    writes: set,
    readBacks: set.map(({ tuning, node }) => ({
      ...{ tuning, place: "client-pods", where: `pod ${round} on ${node}`, among: "client pods" },
      ...{ wanted: "20000 60999", got: "20000 60999" },
    })),
  };
}

interface Run {
  /** As they were begun. */
  readonly begun: string[];
  readonly result?: Result<TinyEvidence>;
  readonly error?: unknown;
  /** What was on disk last. */
  readonly kept?: KeptRun<TinyEvidence>;
}

interface How {
  readonly earlier?: EarlierRun<TinyEvidence> | null;
  /** In which block it is interrupted; undefined: in none. */
  readonly cutShortIn?: number;
  readonly duet?: boolean;
  readonly seed?: number;
  readonly maxMinutes?: number;
  readonly runBlock?: typeof measured;
  /** Of the suite, in place of its own. */
  readonly premise?: Pick<Comparison<TinyEvidence, Sysctl>["suite"], "premise" | "premiseOfEither">;
}

async function run(how: How): Promise<Run> {
  const { earlier = null, cutShortIn = Number.POSITIVE_INFINITY, duet = false, runBlock = measured } = how;
  const begun: string[] = [];
  let text: string | undefined;
  const trial: Trial<TinyEvidence, Sysctl> = {
    async runBlock(arm, round) {
      if (begun.length >= cutShortIn) throw new Interrupted();
      begun.push(`${arm.name} ${round}`);
      return runBlock(arm.name, round);
    },
    conclude: async () => ({
      hops: [],
      attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
      predictions: [],
      evidence: { greeting: "hello" },
    }),
  };
  const trials: Trials<TinyEvidence, Sysctl> = duet
    ? {
        way: "side-by-side",
        trials: { baseline: trial, tuned: trial },
        together: async (work) => {
          const all = [];
          for (const each of work) all.push(await each());
          return all;
        },
      }
    : { way: "in-turn", trial };
  const comparison: Comparison<TinyEvidence, Sysctl> = {
    suite: { name: tiny.name, question: tiny.question, ...tinyJudging, ...how.premise },
    ...{ size: "quick", plan: { ...tiny.plan("quick"), rounds: ROUNDS }, engine: "flood", arms: ARMS },
    ...{ seed: how.seed ?? 1, target: fixture().target, version: "0.1.0", asked: { "--seed": "1" }, earlier },
    ...{ say: () => "", sayPremise: () => "nothing gets through", duetPossible: duet },
    mostMinutes: how.maxMinutes ?? null,
    workload: null,
    onLive: NOBODY,
    async keep(soFar: SoFar<TinyEvidence>) {
      text = JSON.stringify({ ...soFar, timelinesBytes: 0 });
    },
  };
  const ended = await compare(trials, comparison, silent).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const kept = text === undefined ? undefined : parseKeptRun(JSON.parse(text), "tiny", TINY_EVIDENCE);
  return { begun, ...ended, ...(kept ? { kept: kept as KeptRun<TinyEvidence> } : {}) };
}

function earlierOf({ kept }: Run): EarlierRun<TinyEvidence> {
  const earlier = kept && earlierRun(kept);
  if (!earlier) throw new Error("nothing was kept that can be gone on from");
  return earlier;
}

/** All that a run says of its rounds: not when it was, nor what warmed it up. */
function said({ result }: Run) {
  if (!result) throw new Error("there is no result");
  const { startedAt: _, finishedAt: __, resumed: ___, order: ____, arms, ...rest } = result;
  return { ...rest, blocks: arms.map(({ blocks }) => blocks.filter(({ round }) => round > 0)) };
}

const roundsOf = ({ begun }: Run) => begun.filter((name) => !name.endsWith(" 0"));

describe("a run that goes on from its blocks", () => {
  test.each([
    ["in turn", false],
    ["side by side", true],
  ])("comes to what it would have come to, wherever it was interrupted; %s", async (_, duet) => {
    const whole = await run({ duet });
    expect(whole.result?.looks?.map(({ afterRounds }) => afterRounds)).toEqual([7, ROUNDS + 1]);
    for (let cutShortIn = 1; cutShortIn < whole.begun.length; cutShortIn++) {
      const first = await run({ duet, cutShortIn });
      expect(first.error).toBeInstanceOf(Interrupted);
      // Side by side, the first of the two alone is no round.
      if (first.kept === undefined) continue;
      const second = await run({ duet, earlier: earlierOf(first) });
      expect(said(second), `interrupted in block ${cutShortIn}`).toEqual(said(whole));
      const kept = first.kept.order.length;
      const warmUps = duet ? 2 : 1;
      expect(second.begun).toEqual([...whole.begun.slice(0, warmUps), ...whole.begun.slice(kept)]);
      expect(second.result?.order).toHaveLength(whole.begun.length + warmUps);
      expect(second.result?.resumed).toMatchObject([
        { interruptedAt: first.kept.resumable.keptAt, blocksKept: kept - warmUps },
      ]);
    }
  });

  test("may be interrupted again, also while it warms up", async () => {
    const whole = await run({});
    const first = await run({ cutShortIn: 6 });
    const second = await run({ earlier: earlierOf(first), cutShortIn: 1 });
    const third = await run({ earlier: earlierOf(second), cutShortIn: 4 });
    const last = await run({ earlier: earlierOf(third) });
    expect(said(last)).toEqual(said(whole));
    expect(last.result?.resumed?.map(({ blocksKept }) => blocksKept)).toEqual([5, 5, 8]);
    expect(last.result?.arms[0].blocks.filter(({ round }) => round === 0)).toHaveLength(4);
  });

  test("runs no block, and no warm-up, where only the result was missing", async () => {
    const whole = await run({});
    const again = await run({ earlier: earlierOf(whole) });
    expect(again.begun).toEqual([]);
    expect(said(again)).toEqual(said(whole));
  });

  test("keeps its rounds where the minutes are over, and begins no other", async () => {
    const first = await run({ cutShortIn: 6 });
    const earlier = { ...earlierOf(first), startedAt: new Date(Date.now() - 120_000).toISOString() };
    const over = await run({ earlier, maxMinutes: 1 });
    // Of round 3 one block is there: the other is run.
    expect(roundsOf(over)).toHaveLength(1);
    expect(over.result?.looks?.map(({ afterRounds }) => afterRounds)).toEqual([3]);
    // While it was away no minute went by.
    const away = { ...earlier, keptAt: earlier.startedAt };
    expect(roundsOf(await run({ earlier: away, maxMinutes: 1 })).length).toBeGreaterThan(1);
  });

  test("is ended by a warm-up in which nothing gets through, whatever got through before", async () => {
    const first = await run({ cutShortIn: 6 });
    const down: typeof measured = (arm, round) => {
      const ran = measured(arm, round);
      return { ...ran, block: { ...ran.block, outcomes: { ok: 0, "connect-timeout": ran.block.scheduled } } };
    };
    const second = await run({ earlier: earlierOf(first), runBlock: down });
    expect(second.error).toBeInstanceOf(InvalidRunError);
    expect(second.begun).toEqual(["baseline 0"]);
  });

  test("is ended by a warm-up whose pods are on other nodes", async () => {
    const on =
      (node: string): typeof measured =>
      (arm, round) => {
        const ran = measured(arm, round);
        return { ...ran, block: { ...ran.block, placement: { server: { [node]: 2 } } } };
      };
    const first = await run({ cutShortIn: 6, runBlock: on("node-1") });
    const second = await run({ earlier: earlierOf(first), runBlock: on("node-2") });
    expect(second.error).toBeInstanceOf(EnvironmentError);
    expect(String(second.error)).toMatch(/pods of server are on other nodes now/);
    expect((await run({ earlier: earlierOf(first), runBlock: on("node-1") })).result).toBeDefined();
  });
});

describe("what the suite asks about, in the warm-up", () => {
  const because = { kind: "of-suite", said: { kind: "nothing-replaced" } } as const;
  type Premised = NonNullable<How["premise"]>;
  const met = (ok: (blocks: readonly Block<TinyEvidence["block"]>[]) => boolean): Premised => ({
    premise: ([{ blocks: before }, { blocks: after }]) =>
      ok([...before, ...after]) ? MET : { state: "not-met", because },
  });
  const pods =
    (arm: string, count: number): typeof measured =>
    (name, round) => {
      const ran = measured(name, round);
      return { ...ran, block: { ...ran.block, evidence: { pods: name === arm ? count : 0 } } };
    };
  const some = met((blocks) => blocks.some(({ evidence }) => evidence.pods > 0));

  test("does not happen: the run ends there, and not after all of its rounds", async () => {
    const ended = await run({ premise: some, runBlock: pods("nobody", 0) });
    expect(ended.error).toBeInstanceOf(InvalidRunError);
    expect(ended.begun).toEqual(["baseline 0"]);
    expect((await run({ premise: some, runBlock: pods("baseline", 1) })).begun.slice(0, 2)).not.toContain(
      "recommended 0",
    );
  });

  test("may happen in the tuned arm alone: that warms up as well, and then it is known", async () => {
    const either = { ...some, premiseOfEither: true } as const;
    const nowhere = await run({ premise: either, runBlock: pods("nobody", 0) });
    expect(nowhere.error).toBeInstanceOf(InvalidRunError);
    expect(nowhere.begun).toEqual(["baseline 0", "recommended 0"]);
    const there = await run({ premise: either, runBlock: pods("recommended", 1) });
    expect(there.begun.slice(0, 2)).toEqual(["baseline 0", "recommended 0"]);
    expect(there.result?.why.kind).not.toBe("premise-not-met");
    // Its blocks count from the first round on, and it can be gone on from.
    const first = await run({ premise: either, runBlock: pods("recommended", 1), cutShortIn: 5 });
    const second = await run({ premise: either, runBlock: pods("recommended", 1), earlier: earlierOf(first) });
    expect(roundsOf(second)).toEqual(roundsOf(there).slice(5 - 2));
    expect(second.result?.why).toEqual(there.result?.why);
  });

  test("is asked of both at once where both warm up side by side", async () => {
    const nowhere = await run({ premise: some, runBlock: pods("nobody", 0), duet: true });
    expect(nowhere.error).toBeInstanceOf(InvalidRunError);
    expect(nowhere.begun).toEqual(["baseline 0", "recommended 0"]);
  });

  test("can't be told by a block that does not count", async () => {
    const voidAtFirst: typeof measured = (arm, round) => {
      const ran = pods("baseline", round)(arm, round);
      return round > 0 ? ran : { ...ran, block: { ...voided<NoEvidence>(block({ round })), evidence: { pods: 0 } } };
    };
    const counting = met((blocks) => blocks.filter(({ valid }) => valid).every(({ evidence }) => evidence.pods > 0));
    expect((await run({ premise: counting, runBlock: voidAtFirst })).begun.length).toBeGreaterThan(2);
  });
});

describe("blocks that can't be gone on from", () => {
  test("are those that do not follow each other as their seed has them", async () => {
    const leads = (seed: number) => roundsInOrder(seed).next().value[0].role;
    const other = [2, 3, 4, 5, 6, 7, 8, 9].find((seed) => leads(seed) !== leads(1)) ?? 0;
    const { kept } = await run({ cutShortIn: 6 });
    if (!kept) throw new Error("nothing was kept");
    expect(earlierRun(kept)).toBeDefined();
    expect(earlierRun({ ...kept, seed: other })).toBeUndefined();
    expect(earlierRun({ ...kept, order: kept.order.slice(0, -1) })).toBeUndefined();
    expect(earlierRun({ ...kept, order: [...kept.order, "somebody"] })).toBeUndefined();
    expect(earlierRun({ ...kept, duet: true }), "half a round of both at a time").toBeUndefined();
  });

  test.each<[string, (kept: KeptRun) => object, RegExp]>([
    [
      "without the settings as they were read back",
      ({ resumable: _, ...rest }) => rest,
      /^this is damaged: resumable: /,
    ],
    [
      "with a block that is none",
      (kept) => ({ ...kept, arms: [{ ...kept.arms[0], blocks: [{}] }, kept.arms[1]] }),
      /damaged: arms\.0\.blocks\.0/,
    ],
    ["of another version of the schema", (kept) => ({ ...kept, schemaVersion: 1 }), /^this has schemaVersion 1, /],
    ["that do not say what was asked", ({ asked: _, ...rest }) => rest, /^no run can be resumed from this: asked: /],
    ["of another suite", (kept) => ({ ...kept, suite: "other" }), /^this is damaged: suite: /],
  ])("are those %s", async (_, spoil, words) => {
    const { kept } = await run({ cutShortIn: 3 });
    if (!kept) throw new Error("nothing was kept");
    expect(() => parseKeptRun(JSON.parse(JSON.stringify(spoil(kept))), "tiny", TINY_EVIDENCE)).toThrow(words);
  });
});

describe("a block that the way to the cluster cuts short", () => {
  const cutting = (times: number): typeof measured => {
    let cut = 0;
    return (arm, round) => {
      if (arm === "recommended" && round === 2 && cut++ < times) throw new BrokenOff("the stream closed");
      return measured(arm, round);
    };
  };

  test.each([
    ["in turn", false],
    ["side by side", true],
  ])("is run again, which the result says and nothing else shows; %s", async (_, duet) => {
    const whole = said(await run({ duet }));
    const again = await run({ duet, runBlock: cutting(1) });
    const arms = duet ? expect.arrayContaining(["baseline", "recommended"]) : ["recommended"];
    expect(said(again)).toEqual({ ...whole, cutShort: [{ arms, round: 2, because: "the stream closed" }] });
  });

  test("ends the run when that goes on", async () => {
    const { error, kept } = await run({ runBlock: cutting(9) });
    expect(error).toBeInstanceOf(BrokenOff);
    expect(kept?.order.length).toBeGreaterThan(1);
  });

  test("ends the run at once where it is no fault of the way", async () => {
    const failing: typeof measured = (arm, round) => {
      if (round === 2) throw new EnvironmentError("pods are refused");
      return measured(arm, round);
    };
    const { error, begun } = await run({ runBlock: failing });
    expect(error).toMatchObject({ message: "pods are refused" });
    expect(begun.filter((name) => name.endsWith(" 2"))).toHaveLength(1);
  });
});
