/** One arm by itself, and against an earlier night of it, with a stage that measures nothing but what a test says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { renderMeasurement } from "../../../reports/terminal/measurement.ts";
import { againstWords } from "../../../reports/words/nights.ts";
import { nightOf } from "../../../runner/analysis/history/night.ts";
import { NOBODY } from "../../../runner/analysis/live/events.ts";
import { exitCodeOfMeasured } from "../../../runner/cli/exit-codes.ts";
import { resultsIn } from "../../../runner/cli/results-in.ts";
import { runJudge } from "../../../runner/cli/run-judge.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { againstNight, type EarlierArm } from "../../../runner/experiment/against-night.ts";
import { armAlone } from "../../../runner/experiment/arms.ts";
import type { Comparison } from "../../../runner/experiment/comparison.ts";
import { measure, measurementOf } from "../../../runner/experiment/measure.ts";
import type { Trial } from "../../../runner/experiment/trial.ts";
import { silent } from "../../../runner/progress.ts";
import { isMeasurement, parseMeasurement } from "../../../runner/result/measurement.ts";
import { parseResult } from "../../../runner/result/read.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { TINY_EVIDENCE, type TinyEvidence } from "../../tiny-suite/evidence.ts";
import { tinyJudging } from "../../tiny-suite/judging.ts";
import { tiny } from "../../tiny-suite/suite.ts";
import { block, type NoEvidence, voided } from "../analysis/blocks.ts";
import { fixture } from "../reports/fixture.ts";

const ARMS = await armAlone<Sysctl>(tiny, "baseline", "--arm");
const ROUNDS = 6;
const TINY = [{ name: "tiny", evidence: TINY_EVIDENCE }];

function stage(failed: (round: number) => number | "void") {
  const begun: string[] = [];
  /** How many blocks of tonight it was told of. */
  const concluded: number[] = [];
  const trial: Trial<TinyEvidence, Sysctl> = {
    async runBlock(arm, round) {
      begun.push(`${arm.name} ${round}`);
      const how = failed(round);
      const made = block({ round, failures: how === "void" || how === 0 ? {} : { reset: how } });
      const counted = how === "void" ? voided<NoEvidence>(made) : made;
      return { block: { ...counted, evidence: { pods: 2 } }, writes: [], readBacks: [] };
    },
    async conclude(runs) {
      concluded.push(runs.begun);
      return {
        hops: [],
        attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
        predictions: [],
        evidence: { greeting: "hello" },
      };
    },
  };
  return { trial, begun, concluded };
}

const plan = tiny.plan("quick");
const comparison: Comparison<TinyEvidence, Sysctl> = {
  suite: { name: tiny.name, question: tiny.question, ...tinyJudging },
  ...{
    size: "quick",
    plan: { ...plan, rounds: ROUNDS, load: { ...plan.load, workers: 4 } },
    engine: "flood",
    arms: ARMS,
  },
  ...{ seed: 1, target: fixture().target, version: "0.1.0", asked: { "--arm": "baseline" }, earlier: null },
  ...{
    say: () => "",
    sayPremise: () => "nothing gets through",
    duetPossible: false,
    mostMinutes: null,
    workload: null,
  },
  keep: async () => undefined,
  onLive: NOBODY,
};
// The fixture's blocks have a schedule of their own.
const suited = {
  ...comparison,
  plan: {
    ...comparison.plan,
    load: { ...comparison.plan.load, model: "closed", connections: 4, durationMs: 5_000 } as never,
  },
};

async function measured(failed: (round: number) => number | "void") {
  const { trial, begun, concluded } = stage(failed);
  return { trial, begun, concluded, run: await measure(trial, suited, silent) };
}

describe("one arm alone", () => {
  test("is warmed up, runs its rounds, replaces those that are void, and is read back from its file", async () => {
    const { begun, run } = await measured((round) => (round === 2 ? "void" : 60));
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((round) => `baseline ${round}`));
    const made = measurementOf(suited, run);
    expect(made).toMatchObject({
      ...{ kind: "measurement", state: "measured", why: null, order: Array(8).fill("baseline") },
      values: [{ name: "success-rate", value: 99, blocks: 6, noise: 0 }],
    });
    const read: unknown = JSON.parse(JSON.stringify(made));
    expect(isMeasurement(read)).toBe(true);
    expect(parseMeasurement(read, TINY)).toEqual(made);
    expect(() => parseResult(read, TINY)).toThrow(/^this is a measurement of one arm \(packetwalk run\)/);
    expect(nightOf(made)).toMatchObject({
      ...{ verdict: "measured", arms: [{ name: "baseline", role: "alone" }] },
      metrics: [{ name: "success-rate", values: { baseline: 99 } }],
    });
  });

  test("is no evidence where most blocks are void, and says so", async () => {
    const made = measurementOf(suited, (await measured((round) => (round > 2 ? "void" : 0))).run);
    expect(made).toMatchObject({ state: "invalid", why: { kind: "too-few-blocks", counted: 2 } });
    const report = await tiny.report();
    expect(renderMeasurement(made, report, { colour: false, width: 80 })).toMatch(
      /tiny, baseline: ! invalid; this is not a pass/,
    );
    expect(nightOf(made).verdict).toBe("invalid");
  });

  test("ends after the warm-up where nothing gets through", async () => {
    await expect(measured(() => 6_000)).rejects.toThrow("nothing gets through");
  });
});

describe("against an earlier night", () => {
  async function earlier(nights: number): Promise<EarlierArm<TinyEvidence>> {
    const made = measurementOf(suited, (await measured(() => 6)).run);
    const night = {
      ...nightOf(made),
      at: "2026-03-01T01:00:00.000Z",
      facts: { ...nightOf(made).facts, kernel: "6.1.0" },
    };
    const values = { "success-rate": 99.9 };
    const all = Array.from({ length: nights }, (_, i) => ({
      at: new Date(Date.UTC(2026, 1, 1 + i)).toISOString(),
      values,
    }));
    return { from: "last-good", night, blocks: made.arm.blocks, tunings: [], nights: all };
  }
  const tonight = async (failed: number, nights: number) => {
    const { trial, run } = await measured(() => failed);
    return againstNight(trial, suited, run, await earlier(nights));
  };

  test("has that night's blocks as its baseline, says what differed, and is a result like any", async () => {
    const result = await tonight(6, 6);
    expect(result.verdict).toBe("equivalent");
    expect(result.arms.map(({ name, role }) => [name, role])).toEqual([
      ["baseline@2026-03-01", "baseline"],
      ["baseline", "tuned"],
    ]);
    expect(result.against?.differences).toEqual([{ what: "kernel", from: "6.1.0", to: result.target.kernel }]);
    expect(result.advice).toEqual([{ kind: "as-before", better: false }]);
    expect(parseResult(JSON.parse(JSON.stringify(result)), TINY)).toEqual(result);
    expect(nightOf(result)).toMatchObject({ verdict: "equivalent", arms: [{ name: "baseline", role: "alone" }] });
    expect(result.against && againstWords(result.against)[1]).toMatch(
      /^not alike in the two nights: kernel: 6\.1\.0 → /,
    );
  });

  test("a further block has the number after tonight's, and not after that night's as well", async () => {
    const { trial, run, begun, concluded } = await measured(() => 6);
    await againstNight(trial, suited, run, await earlier(6));
    expect(concluded).toEqual([begun.length]);
  });

  test("finds harm, and what to do is to find what changed", async () => {
    const result = await tonight(1_200, 6);
    expect(result.verdict).toBe("regressed");
    expect(result.advice[0]).toEqual({ kind: "find-what-changed", differences: 1 });
  });

  test("with too few nights decides nothing of small effects, and asks for more nights", async () => {
    const result = await tonight(400, 1);
    expect(result.verdict).toBe("inconclusive");
    expect(result.advice[0]).toEqual({ kind: "more-nights", nights: 4 });
  });
});

test("judge and report refuse a measurement by name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-measurement-"));
  try {
    const file = join(folder, "result.json");
    writeFileSync(file, JSON.stringify(measurementOf(suited, (await measured(() => 6)).run)));
    const refusal = /this is a measurement of one arm \(packetwalk run\), which compares nothing/;
    await expect(runJudge([file], {})).rejects.toThrow(refusal);
    await expect(resultsIn(folder)).rejects.toThrow(refusal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("exit codes of one arm: evidence is 0, none is 3, and what went wrong counts", () => {
  expect(exitCodeOfMeasured([{ state: "measured" }], [])).toBe(0);
  expect(exitCodeOfMeasured([{ state: "measured" }, { state: "invalid" }], [])).toBe(3);
  expect(exitCodeOfMeasured([{ state: "measured" }], [new EnvironmentError("gone")])).toBe(5);
  expect(exitCodeOfMeasured([], [])).toBe(3);
});
