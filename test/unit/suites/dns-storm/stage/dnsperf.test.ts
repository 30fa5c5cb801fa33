import { expect, test } from "vitest";
import { parseStatistics } from "../../../../../suites/dns-storm/stage/dnsperf/statistics.ts";

/** As dnsperf 2.10.0 prints it. */
const OUTPUT = `DNS Performance Testing Tool
Version 2.10.0

[Status] Command line: dnsperf -s 127.0.0.1 -d /queries/queries -l 1 -Q 500
[Status] Testing complete (time limit)

Statistics:

  Queries sent:         500
  Queries completed:    499 (99.80%)
  Queries lost:         1 (0.20%)

  Response codes:       NOERROR 250 (50.10%), NXDOMAIN 249 (49.90%)
  Average packet size:  request 33, response 86
  Run time (s):         1.000072
  Queries per second:   498.964074

  Average Latency (s):  0.017650 (min 0.000027, max 0.108801)
  Latency StdDev (s):   0.032690

`;

test("dnsperf's statistics", () => {
  expect(parseStatistics(OUTPUT)).toEqual({
    sent: 500,
    completed: 499,
    lost: 1,
    responses: { NOERROR: 250, NXDOMAIN: 249 },
    seconds: 1.000072,
    perSecond: 498.964074,
    latencyMs: { mean: 17.65, min: 0.027, max: 108.801 },
  });
});

test("a server that answered nothing", () => {
  const silent = OUTPUT.replace("NOERROR 250 (50.10%), NXDOMAIN 249 (49.90%)", "")
    .replace("499 (99.80%)", "0 (0.00%)")
    .replace("1 (0.20%)", "500 (100.00%)");
  expect(parseStatistics(silent)).toMatchObject({ completed: 0, lost: 500, responses: {} });
});

test("without statistics its last line says why", () => {
  expect(() => parseStatistics("Error: unable to open file: /queries\n")).toThrow(/unable to open file/);
});
