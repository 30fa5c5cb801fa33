import { describe, expect, it } from "vitest";
import type { Block } from "../../../../../runner/result/block.ts";
import { stormPremise } from "../../../../../suites/dns-storm/analysis/premise.ts";
import type { DnsEvidence } from "../../../../../suites/dns-storm/evidence.ts";
import { dnsBlock, server } from "./block.ts";

const premise = (...baseline: Block<DnsEvidence>[]) =>
  stormPremise([
    { name: "baseline", role: "baseline", tunings: [], blocks: baseline },
    { name: "ndots-2", role: "tuned", tunings: [], blocks: [] },
  ]);

describe("a storm's premise", () => {
  it("is met where queries arrived at the DNS under test", () => {
    expect(premise(dnsBlock(1))).toEqual({ state: "met" });
    expect(premise(dnsBlock(1, { servers: [] }), dnsBlock(2))).toEqual({ state: "met" });
  });

  it("is not met where none did", () => {
    expect(premise(dnsBlock(1, { servers: [server({ queries: {} })] }))).toEqual({
      state: "not-met",
      because: { kind: "of-suite", said: { kind: "no-query-arrived" } },
    });
  });

  it("is not read where no server could be", () => {
    expect(premise(dnsBlock(1, { servers: [] }))).toEqual({ state: "unread", said: { kind: "servers-not-read" } });
  });

  it("is not told by the warm-up, and not asked where no block counts", () => {
    expect(premise(dnsBlock(0), dnsBlock(1, { servers: [server({ queries: {} })] })).state).toBe("not-met");
    expect(premise()).toEqual({ state: "met" });
  });
});
