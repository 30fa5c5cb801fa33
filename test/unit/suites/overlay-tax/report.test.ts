import { describe, expect, it } from "vitest";
import type { Result } from "../../../../runner/result/result.ts";
import { corruptedPayloads, OVERLAY_METRICS } from "../../../../suites/overlay-tax/analysis/metrics.ts";
import type { OverlayBlockEvidence, OverlayEvidence } from "../../../../suites/overlay-tax/evidence.ts";
import { findings } from "../../../../suites/overlay-tax/report/findings.ts";
import { overlayReport } from "../../../../suites/overlay-tax/report/report.ts";
import { sizesInWords } from "../../../../suites/overlay-tax/report/rows.ts";
import { arms, CLEAR, DIRECT, INTEGRITY, of, TUNNEL, TUNNELLED } from "./blocks.ts";

const RUN: OverlayEvidence["run"] = { clientNode: "node1", serverNode: "node2", declared: [], unread: [] };

function found(tuned: OverlayBlockEvidence, run = RUN): string {
  const result = { arms: arms([of(DIRECT)], [of(tuned)]), evidence: run };
  return findings(result as unknown as Result<OverlayEvidence>).join("\n");
}

const HOLE = { verdict: "black-hole", deviceMtu: 1_450, passes: 1_400, fails: 1_401, toldMtu: null } as const;
const DAMAGED = { ...INTEGRITY, whole: 1_987, corruptedThere: 10, corruptedBack: 3, streamSame: false };

describe("what overlay-tax names", () => {
  it("a black hole: between whom, what passes, what does not, and that nobody said so", () => {
    const words = found({ ...TUNNELLED, check: { ...TUNNELLED.check, sizes: HOLE } });
    expect(words).toContain("arm vxlan: a path-MTU black hole between node1 and node2");
    expect(words).toMatch(/1,400 bytes with DF passes, one of 1,401 does not, and no ICMP message came/);
    expect(overlayReport.blockLine(of({ ...TUNNELLED, check: { ...TUNNELLED.check, sizes: HOLE } }))).toBe(
      "by vxlan, 4,000 /s new connections, bulk 8,000 Mbit/s, BLACK HOLE: 1,400 passes, 1,401 does not, no ICMP came",
    );
  });

  it("no black hole where ICMP says what passes", () => {
    const told = { ...HOLE, verdict: "told", toldMtu: 1_400 } as const;
    const evidence = { ...TUNNELLED, check: { ...TUNNELLED.check, sizes: told } };
    expect(found(evidence)).not.toContain("black hole");
    expect(sizesInWords(evidence)).toBe("1,400 of 1,450, and ICMP says 1,400");
  });

  it("payloads that were changed on their way", () => {
    const evidence = { ...TUNNELLED, check: { ...CLEAR, integrity: DAMAGED } };
    expect(found(evidence)).toContain(
      "arm vxlan: payloads arrived otherwise than they were sent, in 1 block: 10 datagrams",
    );
    expect(found(evidence)).not.toContain("none of");
    expect(corruptedPayloads(of(evidence))).toBe(14);
  });

  it("a null as a null, and of the bug only where packets took the path that had it", () => {
    expect(found(TUNNELLED)).toMatch(
      /none of 4,000 datagrams and 2 streams .* changed on its way; 2,000 datagrams of these took/,
    );
    const noOffload = { ...TUNNELLED, tunnel: { ...TUNNEL, txChecksum: false } };
    expect(found(noOffload)).toContain("so of its bug (kubernetes#88986) this says nothing");
    expect(found(DIRECT)).toContain("so of its bug (kubernetes#88986) this says nothing");
  });

  it("a stream that came to no end, and what the cluster says or does not say of itself", () => {
    const broken = { ...TUNNELLED, check: { ...CLEAR, bulk: null, bulkTrouble: "a stream broke: EPIPE" } };
    const declared = [{ by: "Cilium (cilium-config)", backend: "vxlan tunnel", mtu: 8_950 }];
    const words = found(broken, { ...RUN, declared, unread: ["Calico's IPPools"] });
    expect(words).toContain("arm vxlan: 1 stream did not come to an end: a stream broke: EPIPE");
    expect(words).toContain("Cilium (cilium-config) says: vxlan tunnel, MTU 8,950");
    expect(words).toContain("Calico's IPPools could not be read");
  });
});

describe("what overlay-tax judges", () => {
  const value = (name: string, evidence: OverlayBlockEvidence) =>
    OVERLAY_METRICS.find((each) => each.name === name)?.of(of(evidence));

  it("is read from the checks and the load", () => {
    expect(value("new-connections-per-second", DIRECT)).toBe(4_000);
    expect(value("bulk-throughput", DIRECT)).toBe(8_000);
    expect(value("kernel-cpu-per-request", DIRECT)).toBe(500);
    expect(value("lost-datagrams", DIRECT)).toBe(0);
  });

  it("is not zero where it was not measured", () => {
    const nothing = { ...DIRECT, check: { ...CLEAR, bulk: null, integrity: null } };
    expect(value("bulk-throughput", nothing)).toBeNull();
    expect(value("corrupted-payloads", nothing)).toBeNull();
    expect(value("lost-datagrams", nothing)).toBeNull();
  });

  it("is believed to help where fewer packets of the load pass a tunnel", () => {
    const [mechanism] = OVERLAY_METRICS[0].mechanisms;
    expect([mechanism?.of(of(TUNNELLED)), mechanism?.of(of(DIRECT))]).toEqual([10, 0]);
  });
});
