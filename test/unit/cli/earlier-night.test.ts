/** Which night an arm is held against, and which are refused, from a real store. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Experiment, Task } from "../../../runner/cli/compare-plan.ts";
import { earlierArm } from "../../../runner/cli/earlier-night.ts";
import { addedToStore } from "../../../runner/cli/stored.ts";
import { armAlone } from "../../../runner/experiment/arms.ts";
import type { Result } from "../../../runner/result/result.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const folder = mkdtempSync(join(tmpdir(), "packetwalk-against-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECORDED = JSON.parse(
  readFileSync(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
) as Result;
const ARM = RECORDED.arms[1].name;
const TARGET = { ...RECORDED.target, uid: "8d0f" };
const { duet: _, ...TURNS } = RECORDED;
const night = (day: number, changes: Partial<Result> = {}): Result => ({
  ...TURNS,
  ...{ target: TARGET, startedAt: `2026-03-0${day}T01:00:00.000Z`, verdict: "improved" },
  ...changes,
});

const size = RECORDED.quick ? "quick" : "full";
const suite = connectionFlood;
const task = {
  ...{ suite, arms: await armAlone(suite, ARM, "--tuned"), options: {}, size, duetPossible: false },
  ...{ engine: { name: RECORDED.load.engine }, plan: suite.plan(size) },
} as unknown as Task;
const options = (against: string, more: Partial<Experiment> = {}): Experiment => ({
  ...{ against, suites: [task], engine: undefined, seed: 1, out: "x", lab: "default" },
  ...more,
});

async function store(name: string, results: readonly Result[]): Promise<string> {
  const where = join(folder, name);
  for (const result of results) expect(await addedToStore(result, where)).toBe(null);
  return where;
}

test("last-good is the latest night that is valid and not regressed; by it and those before is known how far nights differ", async () => {
  const where = await store("good", [
    night(1),
    night(2, { verdict: "inconclusive" }),
    night(3, { verdict: "regressed" }),
    night(4, { verdict: "invalid" }),
  ]);
  const found = await earlierArm(task, TARGET, options("last-good", { store: where }));
  expect(found.night.at).toBe("2026-03-02T01:00:00.000Z");
  expect(found.blocks).toEqual(RECORDED.arms[1].blocks);
  expect(found.tunings.every(({ arm }) => arm === ARM)).toBe(true);
  expect(found.nights.map(({ at }) => at.slice(0, 10))).toEqual(["2026-03-01", "2026-03-02"]);
  const dated = await earlierArm(task, TARGET, options("2026-03-01", { store: where }));
  expect(dated.night.at).toBe("2026-03-01T01:00:00.000Z");
  await expect(earlierArm(task, TARGET, options("2026-03-04", { store: where }))).rejects.toThrow(
    /^--against 2026-03-04: .* has no valid run of 2026-03-04 of connection-flood with arm .*; measure one with packetwalk run/,
  );
});

test.each<[string, Partial<Result>, RegExp]>([
  ["another load", { load: { ...RECORDED.load, ratePerSecond: 7 } }, /its load was 7\/s, .* and tonight it is/],
  ["another engine", { load: { ...RECORDED.load, engine: "k6" } }, /its engine was k6, and tonight it is/],
  ["another size", { quick: !RECORDED.quick }, /it was of size/],
  ["another cluster", { target: { ...TARGET, uid: "ffff" } }, /it was on cluster ffff, and this is 8d0f \(--force/],
  ["an unknown cluster", { target: { ...TARGET, uid: null } }, /whether it was on the same cluster can't be told/],
  ["another arm beside it", { duet: true }, /shared the cluster with another arm then, side by side/],
])("a night with %s is refused in one sentence, from a store and from a file", async (name, changes, sentence) => {
  const where = await store(name.replaceAll(" ", "-"), [night(1, changes)]);
  await expect(earlierArm(task, TARGET, options("last-good", { store: where }))).rejects.toThrow(sentence);
  const file = join(folder, `${name.replaceAll(" ", "-")}.json`);
  writeFileSync(file, JSON.stringify(night(1, changes)));
  await expect(earlierArm(task, TARGET, options(file))).rejects.toThrow(sentence);
});

test("another cluster is taken with --force; a file without the arm, or an invalid one, never", async () => {
  const file = join(folder, "one.json");
  const write = (result: Result) => writeFileSync(file, JSON.stringify(result));
  write(night(1, { target: { ...TARGET, uid: "ffff" } }));
  const forced = await earlierArm(task, TARGET, options(file, { force: true }));
  expect(forced.nights).toHaveLength(1);
  write(night(1, { verdict: "invalid" }));
  await expect(earlierArm(task, TARGET, options(file, { force: true }))).rejects.toThrow(/that run was invalid/);
  const other = { ...task, arms: await armAlone(suite, "placebo", "--tuned") } as Task;
  write(night(1));
  await expect(earlierArm(other, TARGET, options(file))).rejects.toThrow(
    /there is no arm placebo in it, but baseline and/,
  );
});

test("a night on which each arm had a cluster of its own is refused, also with --force", async () => {
  const own = { ...TARGET, uid: "ffff" };
  const two = night(1, {
    targets: { baseline: TARGET, tuned: own, differences: [] },
    asked: { "a cluster for each arm": "given" },
  });
  const where = await store("two", [two]);
  const sentence = /each arm had a cluster of its own then, and tonight there is one/;
  for (const force of [false, true]) {
    const asked = options("last-good", { store: where, force });
    await expect(earlierArm(task, TARGET, asked)).rejects.toThrow(sentence);
    const file = join(folder, "two.json");
    writeFileSync(file, JSON.stringify(two));
    await expect(earlierArm(task, TARGET, options(file, { force }))).rejects.toThrow(sentence);
  }
});

test("an empty history is refused with the command that begins it", async () => {
  await expect(earlierArm(task, TARGET, options("last-good", { store: join(folder, "none") }))).rejects.toThrow(
    /has no good night of connection-flood with arm .*; measure one with packetwalk run connection-flood --arm /,
  );
});
