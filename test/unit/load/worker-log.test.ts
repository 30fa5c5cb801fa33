import { describe, expect, it } from "vitest";
import { parseWorkerLog } from "../../../runner/load/worker-log.ts";

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
    const log = parseWorkerLog(`warming up\ntimeline {"n":0}\ntimeline {"n":1}\n${JSON.stringify(report)}\n`);
    expect(log.report).toMatchObject({ scheduled: 1, reused: 0 });
    expect(log.timelines).toEqual(['{"n":0}', '{"n":1}']);
  });

  it("without a report says so", () => {
    expect(parseWorkerLog("killed in the middle\n")).toMatchObject({
      report: undefined,
      trouble: "it printed no report",
    });
  });

  it("with a damaged report says what is damaged", () => {
    expect(parseWorkerLog(JSON.stringify(report).slice(0, 60)).trouble).toContain("its report is damaged");
    const { scheduled, ...incomplete } = report;
    expect(scheduled).toBe(1);
    expect(parseWorkerLog(JSON.stringify(incomplete)).trouble).toContain("its report is damaged");
  });
});
