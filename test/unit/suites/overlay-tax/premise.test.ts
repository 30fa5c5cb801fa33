import { describe, expect, it } from "vitest";
import type { Premise } from "../../../../runner/analysis/verdict/premise.ts";
import { overlayPremise } from "../../../../suites/overlay-tax/analysis/premise.ts";
import { pathTaken } from "../../../../suites/overlay-tax/analysis/took.ts";
import { overlayWords } from "../../../../suites/overlay-tax/report/words.ts";
import { voided } from "../../analysis/blocks.ts";
import { arms, DIRECT, of, packets, TUNNEL, TUNNELLED } from "./blocks.ts";

function wordsOf(premise: Premise): string {
  if (premise.state !== "not-met" || premise.because.kind !== "of-suite") throw new Error("the premise is met");
  return overlayWords(premise.because.said);
}

describe("which path a load took", () => {
  it("is a tunnel's where that counted the load's own packets on both nodes, both ways", () => {
    expect(pathTaken(1_000, packets(2_000))).toBe("tunnel");
    expect(pathTaken(1_000, { ...packets(2_000), serverRx: 1_999 })).toBe("unclear");
  });

  it("is direct where no tunnel counted more than others' few packets", () => {
    expect(pathTaken(1_000, null)).toBe("direct");
    expect(pathTaken(1_000, packets(200))).toBe("direct");
    expect(pathTaken(1_000, packets(201))).toBe("unclear");
  });

  it("is not known where nothing was sent", () => {
    expect(pathTaken(0, null)).toBe("unclear");
  });
});

describe("the premise", () => {
  it("is met where each arm's packets took its path", () => {
    expect(overlayPremise(arms([of(DIRECT)], [of(TUNNELLED)]))).toEqual({ state: "met" });
  });

  it("is not met by one block whose packets went past the tunnel", () => {
    const past = of({ ...TUNNELLED, took: "direct", tunnel: { ...TUNNEL, packets: packets(3) } }, 4);
    expect(wordsOf(overlayPremise(arms([of(DIRECT)], [of(TUNNELLED), past])))).toBe(
      "in round 4 arm vxlan asked for VXLAN, and its packets took no tunnel (3 packets sent into the tunnel over 1,600 requests)",
    );
  });

  it("is not met by a direct arm in a tunnel, nor by another kind of tunnel", () => {
    expect(wordsOf(overlayPremise(arms([of({ ...TUNNELLED, wanted: "direct" })], [of(TUNNELLED)])))).toContain(
      "arm direct asked for direct routes, and its packets took a tunnel of another kind",
    );
    const geneve = of({ ...TUNNELLED, tunnel: { ...TUNNEL, kind: "geneve" } });
    expect(overlayPremise(arms([of(DIRECT)], [geneve])).state).toBe("not-met");
  });

  it("takes either path where the arm asks for none, but not both at once", () => {
    const asItIs = (evidence: typeof DIRECT) => of({ ...evidence, wanted: null });
    expect(overlayPremise(arms([asItIs(DIRECT)], [asItIs(TUNNELLED)]))).toEqual({ state: "met" });
    expect(wordsOf(overlayPremise(arms([asItIs({ ...TUNNELLED, took: "unclear" })], [])))).toContain(
      "which path was measured is not known",
    );
  });

  it("asks no block that does not count", () => {
    const wrong = voided(of({ ...TUNNELLED, took: "direct" }));
    const [direct, vxlan] = arms([of(DIRECT)], [of(TUNNELLED)]);
    expect(overlayPremise([direct, { ...vxlan, blocks: [wrong, ...vxlan.blocks] }])).toEqual({ state: "met" });
  });
});
