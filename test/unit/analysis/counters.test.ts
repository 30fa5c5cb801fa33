import { describe, expect, it } from "vitest";
import { counterTotal, kernelDrops, risen } from "../../../runner/analysis/counters.ts";
import { block } from "./blocks.ts";

describe("what a counter rose by", () => {
  it("is the difference of its readings", () => {
    expect(risen("conntrackDrop", 0)).toBe(0);
    expect(risen("conntrackDrop", 42)).toBe(42);
    // Sums of several CPUs pass 32 bits.
    expect(risen("synRetrans", 2 ** 33)).toBe(2 ** 33);
  });

  it("goes on past the end of 32 bits", () => {
    expect(risen("conntrackDrop", -4_294_967_280)).toBe(16);
    expect(risen("softnetDropped", -(2 ** 32))).toBe(0);
  });

  it("is not known where it began anew", () => {
    expect(risen("conntrackDrop", -1)).toBeNull();
    expect(risen("listenDrops", -500_000)).toBeNull();
    expect(risen("listenDrops", -(2 ** 31))).toBeNull();
    expect(risen("listenDrops", -(2 ** 32) - 1)).toBeNull();
  });

  it("leaves what goes up and down as it is", () => {
    for (const gauge of ["conntrackEntries", "tcpInUse", "timeWaitSockets"] as const) {
      expect(risen(gauge, -12)).toBe(-12);
      expect(risen(gauge, -4_294_967_280)).toBe(-4_294_967_280);
    }
  });
});

describe("a total", () => {
  const of = (...drops: number[]) =>
    block({ counters: drops.map((conntrackDrop) => ({ hop: "client-conntrack", deltas: { conntrackDrop } })) });

  it("adds up what rose, past the end too", () => {
    expect(counterTotal(of(4, -4_294_967_280), "conntrackDrop")).toBe(20);
    expect(kernelDrops(of(4, -4_294_967_280))).toBe(20);
  });

  it("is not known where nothing is, rather than negative or 0", () => {
    expect(counterTotal(of(-300), "conntrackDrop")).toBeNull();
    expect(kernelDrops(of(-300))).toBeNull();
    expect(kernelDrops(block())).toBeNull();
  });
});
