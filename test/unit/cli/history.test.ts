import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { alarms, type Group, groupsOf, tooFew } from "../../../runner/analysis/history/series.ts";
import { exitCodeOfDrift, runHistory } from "../../../runner/cli/run-history.ts";
import { runHistoryImport } from "../../../runner/cli/run-history-import.ts";
import { runHistoryPrune } from "../../../runner/cli/run-history-prune.ts";
import { addedToStore } from "../../../runner/cli/stored.ts";
import type { Night } from "../../../runner/result/night.ts";
import type { Result } from "../../../runner/result/result.ts";
import { nightly, quiet } from "../../support/nights.ts";

const folder = mkdtempSync(join(tmpdir(), "packetwalk-history-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECORDED = JSON.parse(
  readFileSync(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
) as Result;

/** What a command prints. */
async function printed(run: () => Promise<number>): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0),
  ];
  try {
    return { code: await run(), out: out.join(""), err: err.join("") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const one = (nights: readonly Night[]): Group => {
  const [group] = groupsOf(nights, 120);
  if (!group) throw new Error("there is a group");
  return group;
};

describe("nights as series", () => {
  it("say where a metric changed, by how much, which way, and what else changed that night", () => {
    const nights = nightly([...quiet(42), ...quiet(10, 150)], (i) => (i < 42 ? {} : { facts: { kernel: "6.12.0" } }));
    const [series] = one(nights).series;
    expect(series?.changes).toEqual([
      {
        ...{ at: "2026-02-12T01:00:00.000Z", index: 42, before: 102, after: 152 },
        relative: expect.closeTo(50 / 102, 6),
        p: expect.any(Number),
        ...{ direction: "worse", matters: true, isNew: false },
        changed: [{ what: "kernel", from: "6.1.0", to: "6.12.0" }],
      },
    ]);
  });

  it("leave out what was not measured, and runs that are no evidence", () => {
    const nights = nightly([...quiet(10), null, 900, ...quiet(10)], (i) => (i === 11 ? { verdict: "invalid" } : {}));
    const [series] = one(nights).series;
    expect(series?.points).toHaveLength(20);
    expect(series?.missing).toEqual([
      { at: "2026-01-11T01:00:00.000Z", because: "not measured" },
      { at: "2026-01-12T01:00:00.000Z", because: "invalid run" },
    ]);
    expect(series?.changes).toEqual([]);
  });

  it("count nights without a run", () => {
    const nights = nightly(quiet(12)).filter((_, i) => i !== 5 && i !== 6);
    expect(one(nights).silences).toEqual([
      { after: "2026-01-05T01:00:00.000Z", before: "2026-01-08T01:00:00.000Z", nights: 2 },
    ]);
  });

  it("keep clusters, suites and sizes apart", () => {
    const groups = groupsOf([...nightly(quiet(3)), ...nightly(quiet(2), () => ({ size: "full" }))], 120);
    expect(groups.map(({ size, nights }) => [size, nights.length])).toEqual([
      ["quick", 3],
      ["full", 2],
    ]);
  });
});

describe("--fail-on worse", () => {
  const codeOf = async (nights: readonly Night[]) =>
    (await printed(async () => exitCodeOfDrift(groupsOf(nights, 120)))).code;

  it("fails on the night that tells a change for the worse, and not on the next", async () => {
    expect(await codeOf(nightly([...quiet(42), 151, 153]))).toBe(0);
    expect(await codeOf(nightly([...quiet(42), 151, 153, 150]))).toBe(1);
    expect(await codeOf(nightly([...quiet(42), 151, 153, 150, 152]))).toBe(0);
  });

  it("does not on a change for the better, on one that does not matter, nor on a metric that does not decide", async () => {
    expect(await codeOf(nightly([...quiet(42), 51, 53, 50]))).toBe(0);
    const steady = Array.from({ length: 42 }, (_, i) => 100 + (i % 3) / 100);
    const slight = nightly([...steady, 103, 103.01, 103.02]);
    expect(one(slight).series[0]?.changes).toMatchObject([{ direction: "worse", matters: false, isNew: true }]);
    expect(await codeOf(slight)).toBe(0);
    const shown = nightly([...quiet(42), 151, 153, 150]).map((night) => ({
      ...night,
      metrics: night.metrics.map((metric) => ({ ...metric, decides: false })),
    }));
    expect(alarms(one(shown))).toEqual([]);
  });

  it("hears each pair of arms by itself, whichever ran last", async () => {
    const article = (i: number): Partial<Night> => ({
      at: new Date(Date.UTC(2026, 0, 1 + i, 2)).toISOString(),
      arms: [
        { name: "baseline", role: "baseline", tunings: {} },
        { name: "article", role: "tuned", tunings: {} },
      ],
    });
    const worse = nightly([...quiet(42), 151, 153, 150]);
    expect(await codeOf([...worse, ...nightly(quiet(45), article)])).toBe(1);
    expect(await codeOf([...worse.slice(0, -1), ...nightly(quiet(44), article)])).toBe(0);
  });

  it("is no pass where a suite did not run that was due, and forgets one that has ended", async () => {
    const full = (count: number) => nightly(quiet(count), () => ({ size: "full" }));
    expect(await codeOf([...nightly(quiet(40)), ...full(38)])).toBe(2);
    expect(await codeOf([...nightly(quiet(40)), ...full(20)])).toBe(0);
    // Its alarm was raised on its own last night.
    const ended = nightly([...quiet(42), 151, 153, 150], () => ({ size: "full" }));
    expect(await codeOf([...nightly(quiet(60)), ...ended])).toBe(0);
  });

  it("is no pass with too few nights, or where the last has no value", async () => {
    expect(await codeOf(nightly(quiet(15)))).toBe(2);
    expect(await codeOf(nightly([...quiet(30), null]))).toBe(2);
    expect(tooFew(one(nightly(quiet(16))))).toBe(false);
    expect(await codeOf([])).toBe(2);
  });
});

describe("packetwalk history", () => {
  const store = join(folder, "store");
  const results = join(folder, "results");

  beforeAll(async () => {
    const { mkdirSync } = await import("node:fs");
    for (const name of ["a", "b"]) {
      mkdirSync(join(results, name), { recursive: true });
      const startedAt = name === "a" ? "2026-03-02T01:00:00.000Z" : "2026-03-03T01:00:00.000Z";
      writeFileSync(join(results, name, "result.json"), JSON.stringify({ ...RECORDED, startedAt }));
    }
  });

  it("without data is no pass", async () => {
    const { code, out, err } = await printed(() => runHistory(join(folder, "nowhere"), { nights: 120 }));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`There is no history in ${join(folder, "nowhere")}`);
  });

  it("imports results, each once, and shows their nights", async () => {
    const first = await printed(() => runHistoryImport([results], { store }));
    expect([first.code, first.out]).toEqual([0, expect.stringContaining("2 added, 0 there already, 0 refused")]);
    expect((await printed(() => runHistoryImport([results], { store }))).out).toContain("0 added, 2 there already");
    const { code, out } = await printed(() => runHistory(store, { nights: 120 }));
    expect(code).toBe(0);
    expect(out).toContain("connection-flood, quick, baseline against recommended: 2 nights, 2026-03-02 to 2026-03-03");
    expect(out).toContain("too few to tell a change");
    const { out: json } = await printed(() => runHistory(store, { nights: 120, json: true }));
    const { groups } = JSON.parse(json) as { groups: Group[] };
    const shown = groups[0]?.series.find(({ metric, arm }) => metric === "latency-p99" && arm === "baseline");
    const measured = RECORDED.metrics.find(({ name }) => name === "latency-p99")?.baseline;
    expect(shown?.points.map(({ value }) => value)).toEqual([measured, measured]);
  });

  it("refuses what is no result, by its file, and takes the others", async () => {
    const old = join(folder, "old.json");
    writeFileSync(old, JSON.stringify({ ...RECORDED, schemaVersion: 1 }));
    const { code, out, err } = await printed(() => runHistoryImport([old, results], { store }));
    expect([code, out]).toEqual([4, expect.stringContaining("0 added, 2 there already, 1 refused")]);
    expect(err).toContain(`${old}: this result has schemaVersion 1`);
  });

  it("forgets old results", async () => {
    const { out } = await printed(() => runHistoryPrune({ keep: 1, store }));
    expect(out).toContain("2 results older than 1 days forgotten");
    expect((await printed(() => runHistory(store, { nights: 120 }))).code).toBe(2);
  });

  it("takes a run's result, and says why where it can't", async () => {
    expect(await addedToStore(RECORDED, join(folder, "of-runs"))).toBeNull();
    expect(await addedToStore(RECORDED, "/proc/packetwalk.db")).toMatch(
      /^the result of connection-flood was not added to the history .*: \/proc\/packetwalk\.db can't be opened/,
    );
  });
});
