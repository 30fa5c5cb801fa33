import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import type { DnsInput } from "../../../../../suites/dns-storm/analysis/evidence.ts";
import { predictDns } from "../../../../../suites/dns-storm/analysis/predictions.ts";
import type { FaultReport } from "../../../../../suites/dns-storm/evidence.ts";
import { dnsReport } from "../../../../../suites/dns-storm/report/report.ts";
import { counted, dnsBlock, report, server } from "./block.ts";
import { raw } from "./raw.ts";

function predicted(name: string, changes: Partial<DnsInput>, servesStale = false) {
  const row = predictDns("baseline", [dnsBlock(1, changes)], { servesStale }).find((each) => each.name === name);
  return row && { ...row, inWords: row.notes.map(dnsReport.words).join("; ") };
}

describe("CPU of the DNS", () => {
  // 4,000 queries in 10 s, and 0.4 s of CPU.
  const servers = [server()];

  test("follows from what a query cost in the same block, with the published figure beside it", () => {
    const row = predicted("dns-cpu", { servers, raw: raw("ndots:5", { cpuSeconds: 1.8, idleCpuSeconds: 0.06 }) });
    // 0.06 s for 1,200 answers is 0.05 ms; 400 queries/s. Without a pause 1.8 s for 36,000.
    expect(row?.predicted).toBeCloseTo(400 * 0.000_05, 6);
    expect(row).toMatchObject({ unit: "cores", measured: 0.04 });
    expect(row?.inWords).toMatch(/0\.05 ms of CPU a query.*; 0\.05 ms when it asked without a pause/);
    expect(row?.error).toBeCloseTo(1);
    expect(row?.inWords).toMatch(/published 16,800 queries\/s a core give 0\.02 cores/);
    expect(row?.notes).toContainEqual({
      kind: "query-cost-published",
      queriesPerCore: 16_800,
      cores: expect.closeTo(400 / 16_800, 6),
    });
  });

  test("follows from the published figure where nothing was measured, and says so", () => {
    const row = predicted("dns-cpu", { servers, raw: null });
    expect(row?.predicted).toBeCloseTo(400 / 16_800, 6);
    expect(row?.inWords).toMatch(/was not measured/);
  });

  test("a block without a raw rate is left out beside one that has it", () => {
    const blocks = [
      dnsBlock(1, { servers, raw: raw("ndots:5", { idleCpuSeconds: 0.12 }) }),
      dnsBlock(2, { servers: [server({ cpuSeconds: 100 })] }),
    ];
    const row = predictDns("baseline", blocks, { servesStale: false }).find(({ name }) => name === "dns-cpu");
    expect(row).toMatchObject({ measured: 0.04 });
    expect(row?.predicted).toBeCloseTo(0.04, 6);
  });

  test("CPU of a server that began anew is predicted by nobody", () => {
    expect(predicted("dns-cpu", { servers: [server({ restarted: true })], raw: raw("ndots:5") })).toBeUndefined();
  });
});

function histogramOf(ms: number, times: number): string {
  const histogram = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (let i = 0; i < times; i++) histogram.recordValue(1_000 * ms);
  return encodeIntoCompressedBase64(histogram);
}

describe("DNS time of the chain", () => {
  const DEPTH = 20;
  const REQUESTS = 50;
  const slow: FaultReport = { what: { kind: "slow-upstream", delayMs: 50 }, atMs: null, untilMs: null, pod: null };

  /** Names in the cluster take 0.5 ms a try; a tenth of the hops' names were not in a cache. */
  function chainInput(options: string, changes: Partial<DnsInput> = {}): Partial<DnsInput> {
    const triesOf = (kind: string) => ({ short: 1, "svc-ns": 2, "svc-ns-svc": 3, full: 4 })[kind] ?? 0;
    const glibc = report("glibc", { options });
    const missed = (type: string) => ({ name: "hop-7.shop.test", type, queries: (DEPTH * REQUESTS) / 10, lost: 0 });
    return {
      resolvers: [
        {
          ...glibc,
          lookups: glibc.lookups.map((each) => ({ ...each, latency: histogramOf(0.5 * triesOf(each.kind), 10) })),
        },
      ],
      counting: counted("glibc", options),
      upstream: {
        delayMs: 50,
        loss: 0,
        queries: [missed("A"), missed("AAAA"), { name: "api.shop.test", type: "A", queries: 999, lost: 0 }],
      },
      faults: [slow],
      chain: {
        resolver: "glibc",
        depth: DEPTH,
        scheduled: REQUESTS,
        outcomes: { ok: REQUESTS },
        hops: Array.from({ length: DEPTH }, (_, i) => ({
          hop: i + 1,
          outcomes: { ok: REQUESTS },
          dns: histogramOf(8, REQUESTS),
          own: histogramOf(1, REQUESTS),
        })),
        requests: [],
      },
      ...changes,
    };
  }

  test("four names a hop, and the upstream's delay for those that no cache had", () => {
    const row = predicted("chain-dns-time", chainInput("ndots:5"));
    expect(row?.predicted).toBeCloseTo(DEPTH * (4 * 0.5 + 0.1 * 50), 1);
    expect(row?.measured).toBeCloseTo(DEPTH * 8, 0);
    expect(row?.inWords).toMatch(/4 names one after another, 0\.5 ms each.*10 % of the hops' names/);
  });

  test("one after the other, A and AAAA wait twice for the upstream", () => {
    const row = predicted("chain-dns-time", chainInput("ndots:5 single-request-reopen"));
    expect(row?.predicted).toBeCloseTo(DEPTH * (4 * 0.5 + 0.1 * 2 * 50), 1);
  });

  test("from a cache that serves what ran out, nobody waits for the upstream", () => {
    const row = predicted("chain-dns-time", chainInput("ndots:5"), true);
    expect(row?.predicted).toBeCloseTo(DEPTH * 4 * 0.5, 1);
  });

  test.each<[string, Partial<DnsInput>]>([
    ["an upstream that changes under the load", { faults: [slow, { ...slow, atMs: 10_000 }] }],
    ["a killed server", { faults: [{ ...slow, what: { kind: "kill-pod", atMs: 4_000 }, atMs: 4_000, pod: "dns-1" }] }],
    ["lost answers", { upstream: { delayMs: 50, loss: 0.1, queries: [] } }],
    ["no chain", { chain: null }],
    ["queries that were not counted", { counting: [] }],
    ["look-ups that were not timed", { resolvers: [report("glibc")] }],
  ])("with %s there is nothing to go by", (_, changes) => {
    expect(predicted("chain-dns-time", chainInput("ndots:5", changes))).toBeUndefined();
  });
});
