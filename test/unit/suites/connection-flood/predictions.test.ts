import { describe, expect, it } from "vitest";
import type { Block } from "../../../../runner/result/block.ts";
import type { Prediction } from "../../../../runner/result/prediction.ts";
import { type ArmInputs, predict } from "../../../../suites/connection-flood/analysis/predictions.ts";
import { floodWords } from "../../../../suites/connection-flood/report/words.ts";
import { block, voided } from "../../analysis/blocks.ts";

const inputs: ArmInputs = {
  arm: "baseline",
  ratePerSecondOnNode: 600,
  startEntries: 260_344,
  limit: 262_144,
  timeWaitTimeoutS: 120,
  clientPods: 4,
  destinations: 1,
  portRange: [32_768, 60_999],
  loadMs: 5_000,
  prefillEntries: 260_000,
  prefillTimeoutS: 600,
};

/** 1,200 requests a second; the table fills `fullAtMs` after the start, and a tenth still gets through after that. */
function overrun(round: number, fullAtMs: number): Block {
  const slices = Array.from({ length: 20 }, (_, index) => {
    const ok = index * 250 >= fullAtMs ? 30 : 300;
    return { atMs: index * 250, scheduled: 300, ok, failed: 300 - ok, p50Ms: 1, p99Ms: 5 };
  });
  const failed = slices.reduce((total, slice) => total + slice.failed, 0);
  return block({
    round,
    scheduled: 6_000,
    failures: { "connect-timeout": failed },
    overrides: {
      cliff: { atMs: fullAtMs },
      series: slices,
      conntrack: Array.from({ length: 26 }, (_, index) => {
        const atMs = index * 200;
        const entries = Math.min(262_144, 260_344 + Math.round((1_800 * atMs) / fullAtMs));
        return { atMs, node: "node-1", entries, limit: 262_144, drops: atMs > fullAtMs ? 10 : 0 };
      }),
    },
  });
}

/** A table so large that it never gets near its limit: entries grow by `perSecond`. */
function roomy(round: number, perSecond: number): Block {
  return block({
    round,
    overrides: {
      conntrack: Array.from({ length: 26 }, (_, index) => ({
        atMs: index * 200,
        node: "node-1",
        entries: 100 + Math.round((perSecond * index) / 5),
        limit: 1_000_000,
        drops: 0,
      })),
    },
  });
}

function named(predictions: Prediction[], name: string): Prediction {
  const found = predictions.find((prediction) => prediction.name === name);
  if (!found) throw new Error(`no prediction ${name}`);
  return found;
}

/** As the report tells it. */
const told = ({ notes }: Prediction) => notes.map(floodWords).join("; ");

describe("predict, where the table fills", () => {
  const { predictions, occupancy } = predict(inputs, [overrun(1, 3_000), overrun(2, 3_250), overrun(3, 3_500)]);

  it("puts the median cliff beside the predicted time", () => {
    const prediction = named(predictions, "time-to-exhaustion");
    expect(prediction).toMatchObject({
      predicted: 3,
      measured: 3.25,
      unit: "s",
      notes: [{ kind: "in-blocks", blocks: 3, of: 3 }],
    });
    expect(told(prediction)).toBe("in 3 of 3 blocks");
    expect(prediction.error).toBeCloseTo(0.25 / 3, 6);
  });

  it("says what is admitted after it: nothing of this node's share, all of what passes elsewhere", () => {
    const prediction = named(predictions, "admitted-rate");
    expect(prediction.predicted).toBe(600); // 1,200/s offered, 600/s of it through the full table
    expect(prediction.measured).toBe(120);
    expect(prediction.notes).toEqual([{ kind: "nothing-expires" }, { kind: "elsewhere", perSecond: 600 }]);
    expect(told(prediction)).toContain("evicts early");
  });

  it("measures the growth before the cliff, and says that the kernel evicts so near the limit", () => {
    const growth = named(predictions, "entries-per-second");
    expect(growth.measured).toBeCloseTo(1_800 / 3.25, -1);
    expect(growth.notes).toEqual([{ kind: "median-of", blocks: 3 }, { kind: "early-eviction" }]);
    expect(told(growth)).toBe("median of 3 blocks; above 95 % of the limit, where the kernel also evicts early");
  });

  it("draws the line up to the limit, with its corner", () => {
    expect(occupancy).toMatchObject({ arm: "baseline", limit: 262_144 });
    expect(occupancy.points[0]).toEqual({ atMs: 0, entries: 260_344 });
    expect(occupancy.points).toContainEqual({ atMs: 3_000, entries: 262_144 });
    expect(occupancy.points.at(-1)).toEqual({ atMs: 5_000, entries: 262_144 });
  });

  it("leaves voided blocks and the warm-up out", () => {
    const pair = overrun(0, 500);
    const bad = voided(overrun(4, 500));
    const again = predict(inputs, [pair, overrun(1, 3_000), overrun(2, 3_250), overrun(3, 3_500), bad]);
    expect(named(again.predictions, "time-to-exhaustion").measured).toBe(3.25);
  });
});

describe("predict, where the table does not fill", () => {
  const large: ArmInputs = { ...inputs, startEntries: 100, limit: 1_000_000, prefillEntries: 0, prefillTimeoutS: 0 };

  it("counts a cliff that did not come as a prediction that held", () => {
    const { predictions } = predict(large, [roomy(1, 590)]);
    const never = named(predictions, "time-to-exhaustion");
    expect(never).toMatchObject({ predicted: null, measured: null, error: null, notes: [{ kind: "never" }] });
    expect(told(never)).toBe("never, as predicted");
    const later = predict({ ...large, limit: 10_100 }, [roomy(1, 590)]);
    const notYet = named(later.predictions, "time-to-exhaustion");
    expect(notYet).toMatchObject({
      predicted: expect.closeTo(16.67, 1),
      measured: null,
      notes: [{ kind: "not-within-block" }],
    });
    expect(told(notYet)).toBe("not within the block, as predicted");
  });

  it("admits it when a cliff came that the model did not foresee", () => {
    const { predictions } = predict(large, [overrun(1, 3_000), roomy(2, 590)]);
    const unforeseen = named(predictions, "time-to-exhaustion");
    expect(unforeseen).toMatchObject({ predicted: null, measured: 3, error: null });
    expect(unforeseen.notes).toEqual([{ kind: "in-blocks", blocks: 1, of: 2 }, { kind: "against-the-model" }]);
    expect(told(unforeseen)).toContain("in 1 of 2 blocks; although");
  });

  it("admits it when a foreseen cliff did not come", () => {
    const { predictions } = predict(inputs, [roomy(1, 590)]);
    const missing = named(predictions, "time-to-exhaustion");
    expect(missing).toMatchObject({ measured: null, notes: [{ kind: "predicted-but-not-seen" }] });
    expect(told(missing)).toBe("did not happen within the block, although predicted");
  });

  it("measures the growth and its error", () => {
    const growth = named(
      predict(large, [roomy(1, 590), roomy(2, 600), roomy(3, 615)]).predictions,
      "entries-per-second",
    );
    expect(growth.measured).toBeCloseTo(600, 6);
    expect(growth.error).toBeCloseTo(0, 6);
  });

  it("has no admitted rate to speak of", () => {
    expect(predict(large, [roomy(1, 590)]).predictions.map(({ name }) => name)).not.toContain("admitted-rate");
  });

  it("says without any valid block that nothing was measured", () => {
    const nothing = named(predict(large, []).predictions, "time-to-exhaustion");
    expect(nothing.notes).toEqual([{ kind: "no-valid-block" }]);
    expect(told(nothing)).toBe("no valid block");
  });
});

describe("predict, where clients are the limit", () => {
  const few: ArmInputs = {
    ...inputs,
    startEntries: 0,
    limit: 262_144,
    prefillEntries: 0,
    clientPods: 1,
    portRange: [40_000, 40_999],
  };

  it("finds when the ports run out, and how many entries they allow", () => {
    const full = block({
      scheduled: 3_000,
      failures: { "port-exhausted": 2_000 },
      overrides: {
        series: Array.from({ length: 20 }, (_, index) => ({
          atMs: index * 250,
          scheduled: 150,
          ok: index < 7 ? 143 : 0,
          failed: index < 7 ? 0 : 150,
          p50Ms: 1,
          p99Ms: 2,
        })),
        conntrack: [0, 1_000, 2_000, 3_000].map((atMs) => ({
          atMs,
          node: "node-1",
          entries: Math.min(1_004, (600 * atMs) / 1_000),
          limit: 262_144,
          drops: 0,
        })),
      },
    });
    const { predictions } = predict(few, [full]);
    expect(named(predictions, "port-exhaustion")).toMatchObject({
      predicted: expect.closeTo(1.667, 2),
      measured: 1.75,
    });
    expect(named(predictions, "tuple-ceiling")).toMatchObject({ predicted: 1_000, measured: 1_004 });
    expect(named(predictions, "time-to-exhaustion")).toMatchObject({ predicted: null, notes: [{ kind: "never" }] });
  });

  it("does not guess the time where other failures are mixed in", () => {
    const mixed = block({ failures: { "port-exhausted": 100, reset: 3 } });
    expect(named(predict(few, [mixed]).predictions, "port-exhaustion").measured).toBeNull();
  });

  it("says that a ceiling was not reached", () => {
    const ceiling = named(
      predict({ ...few, portRange: [32_768, 60_999] }, [roomy(1, 600)]).predictions,
      "tuple-ceiling",
    );
    expect(ceiling).toMatchObject({ predicted: 28_232, measured: null });
    expect(ceiling.notes).toEqual([{ kind: "ceiling-not-reached", peak: 3_100 }]);
    expect(told(ceiling)).toContain("not reached within the block");
  });
});
