import { describe, expect, it } from "vitest";
import { payloadShare, predictOverlay } from "../../../../suites/overlay-tax/analysis/predictions.ts";
import { arms, CLEAR, DIRECT, of, TUNNELLED } from "./blocks.ts";

const predicted = (tunnelled = TUNNELLED) => predictOverlay(arms([of(DIRECT)], [of(tunnelled)]));
const named = (name: string, arm = "vxlan", tunnelled = TUNNELLED) =>
  predicted(tunnelled).find((each) => each.name === name && each.arm === arm);

describe("what the model says of an overlay", () => {
  it("takes 50 bytes of each packet: 3.4 % of the payload at an MTU of 1 500", () => {
    expect(payloadShare(1_450, 50) / payloadShare(1_500, 0)).toBeCloseTo(1_398 / 1_448, 6);
    const slower = { ...TUNNELLED, check: { ...CLEAR, bulk: { bytes: 750_000_000, seconds: 1.5 } } };
    expect(named("bulk-throughput-ratio", "vxlan", slower)).toMatchObject({
      predicted: expect.closeTo(0.9655, 4),
      measured: 0.5,
    });
  });

  it("has each packet pass the tunnel once, and none on a direct path", () => {
    expect(named("tunnel-packets-per-request")).toMatchObject({ predicted: 10, measured: 10, error: 0 });
    expect(named("tunnel-packets-per-request", "direct")).toMatchObject({ predicted: 0, measured: 0, error: null });
  });

  it("has new connections fall as CPU time a request grows", () => {
    expect(named("new-connections-ratio")).toMatchObject({ predicted: 0.8, measured: 1 });
  });

  it("does not measure what did not come to its end, and says nothing without a block", () => {
    const broken = { ...TUNNELLED, check: { ...CLEAR, bulk: null, bulkTrouble: "a stream broke" } };
    expect(named("bulk-throughput-ratio", "vxlan", broken)).toMatchObject({ measured: null, error: null });
    expect(predictOverlay(arms([], [of(TUNNELLED)]))).toEqual([]);
  });
});
