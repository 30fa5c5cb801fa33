import { describe, expect, it } from "vitest";
import { z } from "zod";
import { eachLine, followAgain, parseWorkerLog } from "../../../runner/load/worker-log.ts";
import { WorkerReport } from "../../../runner/load/worker-report.ts";

const report = {
  engine: "undici",
  worker: 0,
  startedAtUnixMs: 1,
  finishedAtUnixMs: 2,
  scheduled: 1,
  sent: 1,
  outcomes: { ok: 1 },
  histograms: { latency: "", okLatency: "", connect: "", firstByte: "", scheduleLag: "" },
  slices: [],
  tcp: {},
  cpu: { userMs: 1, systemMs: 1 },
  saturated: [],
};

describe("a worker's log", () => {
  it("holds one report, and a tracer's timelines beside it", () => {
    const log = parseWorkerLog(
      `warming up\ntimeline {"n":0}\ntimeline {"n":1}\n${JSON.stringify(report)}\n`,
      WorkerReport,
    );
    expect(log.report).toMatchObject({ scheduled: 1, reused: 0 });
    expect(log.timelines).toEqual(['{"n":0}', '{"n":1}']);
  });

  it("keeps what only its engine tells, and misses it where it is not", () => {
    const more = WorkerReport.extend({ found: z.array(z.string()) });
    const told = JSON.stringify({ ...report, found: ["a"] });
    expect(parseWorkerLog(told, more).report).toMatchObject({ scheduled: 1, found: ["a"] });
    expect(parseWorkerLog(JSON.stringify(report), more).trouble).toContain("its report is damaged");
  });

  it("is found among JSON lines of others", () => {
    const others = ['{"level":"warn","msg":"proxy"}', '{"transaction":{"id"', JSON.stringify(report), '{"bye":1}'];
    expect(parseWorkerLog(others.join("\n"), WorkerReport)).toMatchObject({ report: { scheduled: 1 }, trouble: "" });
  });

  it("with an outcome that is none is damaged", () => {
    const odd = JSON.stringify({ ...report, outcomes: { ok: 0, tired: 1 } });
    expect(parseWorkerLog(odd, WorkerReport)).toMatchObject({
      report: undefined,
      trouble: expect.stringContaining("its report is damaged"),
    });
  });

  it("without a report says so", () => {
    expect(parseWorkerLog("killed in the middle\n", WorkerReport)).toMatchObject({
      report: undefined,
      trouble: "it printed no report",
    });
  });

  it("with a damaged report says what is damaged", () => {
    expect(parseWorkerLog(JSON.stringify(report).slice(0, 60), WorkerReport).trouble).toContain(
      "its report is damaged",
    );
    const { scheduled, ...incomplete } = report;
    expect(scheduled).toBe(1);
    expect(parseWorkerLog(JSON.stringify(incomplete), WorkerReport).trouble).toContain("its report is damaged");
  });
});

describe("a log that comes in parts", () => {
  const read = (...parts: readonly string[]) => {
    const lines: string[] = [];
    const onText = eachLine((line) => lines.push(line));
    for (const part of parts) onText(part);
    return lines;
  };

  it("gives whole what tells of a period, however it is cut", () => {
    const live = `live: {"atMs":1000,"okLatency":"${"A".repeat(5_000)}"}`;
    const text = `warming up\n${live}\n${live}\n`;
    for (const cut of [1, 3, 6, 7, 1_000]) {
      const parts = Array.from({ length: Math.ceil(text.length / cut) }, (_, i) => text.slice(i * cut, (i + 1) * cut));
      expect(read(...parts).filter((line) => line.startsWith("live: "))).toEqual([live, live]);
    }
  });

  it("keeps of a report no more than its beginning, and gives no line that has no end yet", () => {
    const report = `{"engine":"flood",${" ".repeat(100_000)}}`;
    const [first, ...more] = read(
      report.slice(0, 50_000),
      report.slice(50_000, 90_000),
      report.slice(90_000),
      "\nlive:",
    );
    expect(first).toMatch(/^\{"engine":"floo/);
    expect(first?.length).toBeLessThan(20_000);
    expect(more).toEqual([]);
  });
});

describe("a log that breaks off", () => {
  /** Each part is what one following of it gives. */
  async function followed(parts: readonly (string | Error)[], isOver = async () => false) {
    const asked: (number | undefined)[] = [];
    const lines: string[] = [];
    const stopped = new AbortController();
    let cuts = 0;
    await followAgain({
      async follow(onText, sinceS) {
        const part = parts[asked.length];
        asked.push(sinceS);
        if (asked.length === parts.length) stopped.abort();
        if (part instanceof Error) throw part;
        if (part) onText(part);
      },
      isOver,
      onLine: (line) => lines.push(line),
      onCut: () => cuts++,
      signal: stopped.signal,
    });
    return { asked, lines, cuts };
  }

  it("is asked for again from before what was heard last, and from its beginning where nothing was", async () => {
    const { asked, lines, cuts } = await followed([new Error("reset"), "live: 1\nlive: 2\nliv", "live: 2\nlive: 3\n"]);
    expect(asked.slice(0, 2)).toEqual([undefined, undefined]);
    expect(asked[2]).toBeGreaterThanOrEqual(5);
    // The beginning of a line is none.
    expect(lines).toEqual(["live: 1", "live: 2", "live: 2", "live: 3"]);
    expect(cuts).toBe(2);
  });

  it("is not, once its worker has ended", async () => {
    const { asked, cuts } = await followed(["live: 1\n", "live: 2\n"], async () => true);
    expect([asked.length, cuts]).toEqual([1, 1]);
  });
});
