import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { loadClock } from "../../../programs/node-worker/load-clock.ts";
import { countLookups } from "../../../programs/node-worker/lookups/count.ts";
import { runLookups } from "../../../programs/node-worker/lookups/run.ts";
import type { LookupsSpec } from "../../../programs/node-worker/spec.ts";

const SPEC: LookupsSpec = {
  engine: "lookups",
  worker: 3,
  resolver: "node",
  names: [
    { kind: "there", name: "localhost" },
    { kind: "no name", name: "a..b" },
  ],
  stages: [{ durationMs: 400, fromPerSecond: 50, toPerSecond: 50 }],
  arrivals: "constant",
  seed: 1,
  timeoutMs: 2_000,
  mostLagMs: 50,
  maxInFlight: 50,
  sliceMs: 100,
  gateTimeoutMs: 1_000,
};

describe("look-ups by Node", () => {
  test("every one ends in one outcome, by name", async () => {
    const { found, tally } = await runLookups(SPEC, loadClock(0), new AbortController().signal);
    const report = tally.report();
    expect(report.scheduled).toBe(20);
    expect(found.lookups.map(({ kind, scheduled }) => [kind, scheduled])).toEqual([
      ["there", 10],
      ["no name", 10],
    ]);
    expect(found.lookups[0]?.outcomes).toEqual({ ok: 10 });
    expect(found.lookups[1]?.outcomes.ok).toBe(0);
    expect(report.outcomes.ok).toBe(10);
    expect(Object.values(report.outcomes).reduce((sum, count) => sum + count, 0)).toBe(20);
  });

  test("what was wanted counts as well in the load's own counts, and as what it was in the name's", async () => {
    const names: LookupsSpec["names"] = [
      { kind: "there", name: "localhost", wanted: "dns-nxdomain" },
      { kind: "none", name: "x.invalid" },
    ];
    const { found, tally } = await runLookups({ ...SPEC, names }, loadClock(0), new AbortController().signal);
    expect(found.lookups[0]?.outcomes).toEqual({ ok: 10 });
    // There, though it should not be.
    expect(tally.report().outcomes).toMatchObject({ ok: 0, "dns-error": 10 });
  });

  test("more than may be under way are not sent", async () => {
    const { found } = await runLookups({ ...SPEC, maxInFlight: 0 }, loadClock(0), new AbortController().signal);
    expect(found.lookups.map(({ outcomes }) => outcomes)).toEqual([
      { ok: 0, "not-sent": 10 },
      { ok: 0, "not-sent": 10 },
    ]);
  });

  const COUNTING = ["--count", "--resolver", "node"];
  const asked = (...lines: string[]) => Readable.from([lines.map((line) => `${line}\n`).join("")]);

  test("each name that is asked for is counted, one after another, until an empty line", async () => {
    const there = JSON.stringify({ kind: "there", name: "localhost", times: 3 });
    const none = JSON.stringify({ kind: "none", name: "x.invalid", times: 1 });
    const found = [];
    for await (const each of countLookups(COUNTING, asked(there, none, "", there))) found.push(each);
    expect(found).toMatchObject([
      {
        resolver: "node",
        lookups: [{ kind: "there", name: "localhost", scheduled: 3, outcomes: { ok: 3 }, over4900Ms: 0 }],
      },
      { lookups: [{ kind: "none", name: "x.invalid", scheduled: 1, outcomes: { ok: 0 } }] },
    ]);
  });

  test("wrong arguments and questions are refused in one sentence", async () => {
    const first = (args: string[], line: string) => countLookups(args, asked(line)).next();
    await expect(first(COUNTING, '{"name":"x","times":0}')).rejects.toThrow(/times/);
    await expect(first(COUNTING, "x")).rejects.toThrow(/JSON/);
    await expect(first(["--count", "--resolver", "bind"], "")).rejects.toThrow(/resolver/);
  });
});
