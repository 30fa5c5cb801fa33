/** What compare() and measure() tell whoever watches, with a trial that measures nothing but what a test says. */
import { describe, expect, test } from "vitest";
import type { LiveEvent } from "../../../runner/analysis/live/events.ts";
import { BrokenOff } from "../../../runner/cluster/access/patience.ts";
import { armAlone, armPair } from "../../../runner/experiment/arms.ts";
import { compare } from "../../../runner/experiment/compare.ts";
import type { Comparison } from "../../../runner/experiment/comparison.ts";
import { measure } from "../../../runner/experiment/measure.ts";
import type { Trial, Trials } from "../../../runner/experiment/trial.ts";
import { silent } from "../../../runner/progress.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import type { TinyEvidence } from "../../tiny-suite/evidence.ts";
import { tinyJudging } from "../../tiny-suite/judging.ts";
import { tiny } from "../../tiny-suite/suite.ts";
import { block } from "../analysis/blocks.ts";
import { fixture } from "../reports/fixture.ts";

/** The fixture's blocks have a schedule of their own. */
const LOAD = { ...tiny.plan("quick").load, workers: 4, model: "closed", connections: 4, durationMs: 5_000 } as never;
const PAIR = await armPair<Sysctl>(tiny, "baseline", "recommended");
const ALONE = await armAlone<Sysctl>(tiny, "recommended", "--arm");

interface How {
  readonly rounds: number;
  /** Failed requests of the baseline's blocks; the tuned arm has none. */
  readonly failed: number;
  /** The way to the cluster fails in this block of all that are begun. */
  readonly breaksIn?: number;
}

function trialOf({ failed, breaksIn }: How): Trial<TinyEvidence, Sysctl> {
  let begun = 0;
  return {
    async runBlock(arm, round) {
      begun += 1;
      if (begun === breaksIn) throw new BrokenOff("the API server went away");
      const made = block({ round, failures: arm.name === "baseline" ? { reset: failed } : {} });
      return { block: { ...made, evidence: { pods: 2 } }, writes: [], readBacks: [] };
    },
    conclude: async () => ({
      hops: [],
      attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
      predictions: [],
      evidence: { greeting: "hello" },
    }),
  };
}

function comparisonOf({ rounds }: How, arms: typeof PAIR, told: LiveEvent[]): Comparison<TinyEvidence, Sysctl> {
  return {
    suite: { name: tiny.name, question: tiny.question, ...tinyJudging },
    ...{ size: "quick", plan: { load: LOAD, rounds }, engine: "flood", arms, seed: 1, earlier: null },
    ...{ target: fixture().target, version: "0.1.0", asked: {}, duetPossible: false, mostMinutes: null },
    ...{ say: () => "", sayPremise: () => "nothing gets through", workload: null, keep: async () => undefined },
    onLive: (event) => told.push(event),
  };
}

async function compared(how: How, way: "in-turn" | "side-by-side" = "in-turn"): Promise<LiveEvent[]> {
  const told: LiveEvent[] = [];
  const trial = trialOf(how);
  const trials: Trials<TinyEvidence, Sysctl> =
    way === "in-turn"
      ? { way, trial }
      : {
          ...{ way, trials: { baseline: trial, tuned: trial } },
          together: (work) => Promise.all(work.map((each) => each())),
        };
  await compare(trials, comparisonOf(how, PAIR, told), silent);
  return told;
}

/** Half a line for each. */
function short(event: LiveEvent): string {
  switch (event.kind) {
    case "block-started":
      return `start ${event.block.number} ${event.block.arm} ${event.block.round}`;
    case "block-ended":
      return `end ${event.number} ${event.role} ${event.round}`;
    case "round-ended":
      return `round ${event.rounds}: ${event.usable} usable`;
    case "looked":
      return `look after ${event.afterRounds}: ${event.verdict}${event.last ? ", the last" : ""}`;
    case "blocks-cut-short":
      return `cut short ${event.numbers.join(" and ")}`;
    default:
      return event.kind;
  }
}

describe("a comparison", () => {
  test("says what is planned, then each block's start and end, each round's, and its looks", async () => {
    const told = await compared({ rounds: 1, failed: 60 });
    expect(told[0]).toEqual({
      ...{ kind: "course-began", suite: "tiny", way: "in-turn", endsAtUnixMs: null },
      arms: { baseline: "baseline", tuned: "recommended" },
      ...{ plannedRounds: 1, mostRounds: 2, looksAfterRounds: [1] },
    });
    const [first, second] = told.flatMap((event) =>
      event.kind === "block-started" && event.block.round > 0 ? [event] : [],
    );
    expect(told.slice(1).map(short)).toEqual([
      "start 0 baseline 0",
      "end 0 baseline 0",
      `start 1 ${first?.block.arm} 1`,
      `end 1 ${first?.role} 1`,
      `start 2 ${second?.block.arm} 1`,
      `end 2 ${second?.role} 1`,
      "round 1: 1 usable",
      "look after 1: inconclusive, the last",
    ]);
    expect(new Set([first?.role, second?.role])).toEqual(new Set(["baseline", "tuned"]));
  });

  test("tells a look when it is made, and no verdict between two", async () => {
    const told = await compared({ rounds: 8, failed: 0 });
    const looks = told.map(short).filter((each) => /^(round|look)/.test(each));
    expect(looks.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6].map((round) => `round ${round}: ${round} usable`));
    expect(looks.slice(6)).toEqual(["look after 6: equivalent, the last"]);
    expect(
      told
        .filter(({ kind }) => kind === "looked")
        .map(short)
        .at(-1),
    ).toMatch(/, the last$/);
  });

  test("of both blocks at the same time tells both starts first", async () => {
    const told = await compared({ rounds: 1, failed: 60 }, "side-by-side");
    expect(told.slice(1, 5).map(short)).toEqual([
      "start 0 baseline 0",
      "start 1 recommended 0",
      "end 0 baseline 0",
      "end 1 tuned 0",
    ]);
  });

  test("tells that a block was cut short, and its start again", async () => {
    const told = await compared({ rounds: 1, failed: 60, breaksIn: 1 });
    expect(told.slice(1, 5).map(short)).toEqual([
      "start 0 baseline 0",
      "cut short 0",
      "start 1 baseline 0",
      "end 1 baseline 0",
    ]);
  });

  test("hangs on nobody who watches: the verdict is the same where nobody does", async () => {
    const how = { rounds: 6, failed: 600 };
    const verdictOf = async (onLive: Comparison<TinyEvidence, Sysctl>["onLive"]) =>
      (await compare({ way: "in-turn", trial: trialOf(how) }, { ...comparisonOf(how, PAIR, []), onLive }, silent))
        .verdict;
    const told: LiveEvent[] = [];
    const watched = await verdictOf((event) => told.push(event));
    expect(await verdictOf(() => undefined)).toBe(watched);
    expect(told.filter(({ kind }) => kind === "looked")).toEqual([
      { kind: "looked", afterRounds: 6, verdict: watched, last: true },
    ]);
  });
});

test("one arm's run tells its blocks and rounds, and looks at nothing", async () => {
  const told: LiveEvent[] = [];
  const how = { rounds: 2, failed: 0 };
  await measure(trialOf(how), comparisonOf(how, ALONE, told), silent);
  expect(told[0]).toMatchObject({
    way: "one-arm",
    arms: { baseline: null, tuned: "recommended" },
    looksAfterRounds: [],
  });
  expect(told.slice(1).map(short)).toEqual([
    ...["start 0 recommended 0", "end 0 tuned 0"],
    ...["start 1 recommended 1", "end 1 tuned 1", "round 1: 1 usable"],
    ...["start 2 recommended 2", "end 2 tuned 2", "round 2: 2 usable"],
  ]);
});
