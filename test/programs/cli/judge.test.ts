import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-judge-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** So many blocks in which so many of 6 000 requests were reset. */
function blocks(resets: number, count = 6): object[] {
  return Array.from({ length: count }, (_, index) => ({
    round: index + 1,
    outcomes: { ok: 6_000 - resets - index, ...(resets > 0 ? { reset: resets + index } : { reset: index }) },
    latencyMs: { p50: 1, p99: 5 + index / 10, p999: 9, max: 12 },
  }));
}

function file(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

function comparison(baseline: object[], tuned: object[], suite = "saturation") {
  return { suite, arms: [baseline, tuned].map((own, index) => ({ name: `arm ${index}`, blocks: own })) };
}

test("blocks in, verdict out, with the exit codes of compare", async () => {
  const worse = await packetwalk(["judge", file("worse.json", comparison(blocks(0), blocks(900))), "--json"]);
  expect(worse.code, worse.stderr).toBe(1);
  const { suite, verdict, metrics } = JSON.parse(worse.stdout);
  expect({ suite, verdict }).toEqual({ suite: "saturation", verdict: "regressed" });
  expect(metrics).toContainEqual(expect.objectContaining({ name: "success-rate", verdict: "regressed" }));

  const dead = await packetwalk(["judge", file("dead.json", comparison(blocks(5_990), blocks(5_990)))]);
  expect(dead.code).toBe(3);
  expect(dead.stdout).toContain("INVALID");

  const few = await packetwalk(["judge", file("few.json", comparison(blocks(0, 2), blocks(0, 2)))]);
  expect(few.code).toBe(2);
});

test("a folder stands for the results in it, and a regression is not hidden by the others", async () => {
  for (const [name, tuned] of [
    ["a", blocks(900)],
    ["b", blocks(0, 1)],
  ] as const) {
    mkdirSync(join(folder, "suites", name), { recursive: true });
    file(join("suites", name, "result.json"), comparison(blocks(0), tuned));
  }
  const both = await packetwalk(["judge", join(folder, "suites"), "--json"]);
  expect(both.code).toBe(1);
  expect(JSON.parse(both.stdout)).toHaveLength(2);
});

test.each([
  ["not-json.json", "{", /not-json\.json is not JSON/],
  ["no-suite.json", {}, /needs "suite" and "arms"/],
  ["other-suite.json", { suite: "tea", arms: [] }, /there is no suite "tea"; there are connection-flood/],
  ["three-arms.json", { suite: "saturation", arms: [{}, {}, {}] }, /three-arms\.json: this can't be judged: arms/],
  ["no-cause.json", comparison([{ outcomes: { ok: 1, tired: 2 } }], []), /arms\.0\.blocks\.0\.outcomes.*tired/],
  [
    "old.json",
    { ...comparison(blocks(0), blocks(0)), schemaVersion: 1 },
    /schemaVersion 1, and this packetwalk judges version 2 only/,
  ],
])("%s is refused in one sentence that says where", async (name, document, sentence) => {
  const ran = await packetwalk(["judge", file(name, document)]);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toMatch(sentence);
  expect(ran.stderr.trim().split("\n")).toHaveLength(1);
});

test("what is not there is one sentence", async () => {
  const ran = await packetwalk(["judge", join(folder, "nowhere")]);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toMatch(/nowhere can't be read/);
  mkdirSync(join(folder, "empty"));
  expect((await packetwalk(["judge", join(folder, "empty")])).stderr).toMatch(/holds no result\.json/);
});
