import { describe, expect, it } from "vitest";
import { readProbeLine } from "../../../runner/probes/sampler.ts";

const TICK = { atUnixMs: 1_000, samples: [{ where: "node", counters: { conntrackEntries: 7 } }] };
const END = {
  end: true,
  ownCpuMs: 12,
  kernelLog: ["nf_conntrack: table full, dropping packet"],
  conntrackFrom: "proc",
};

describe("a line of a node's probe", () => {
  it("is a sample, or the closing line", () => {
    expect(readProbeLine(JSON.stringify(TICK))).toEqual(TICK);
    expect(readProbeLine(JSON.stringify(END))).toEqual(END);
  });

  it.each([
    JSON.stringify(TICK).slice(0, 30),
    JSON.stringify(TICK).slice(30),
    `${JSON.stringify(TICK).slice(0, 30)}${JSON.stringify(END)}`,
    '{"level":"info","msg":"hello"}',
    "Defaulted container",
    "",
  ])("that is damaged, or another's, is no sample: %s", (line) => {
    expect(readProbeLine(line)).toBeUndefined();
  });
});
