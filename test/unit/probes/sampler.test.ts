import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { readProbeLine, startSampling } from "../../../runner/probes/sampler.ts";

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

  it("tells who set a setting, as far as that was seen", () => {
    const of = { kind: "pod", uid: "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9d", container: "a1b2" };
    const by = { process: "sysctl", pid: 812, of, writes: 2 };
    const setting = { in: "node", key: "net.ipv4.tcp_fin_timeout", value: "60" };
    const sample = { ...TICK, settings: [{ ...setting, by }, setting] };
    expect(readProbeLine(JSON.stringify(sample))).toEqual(sample);
    const unseen = { ...END, writersUnseen: "the kernel is too old" };
    expect(readProbeLine(JSON.stringify(unseen))).toEqual(unseen);
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

describe("a probe that is cut short", () => {
  const cut = (lines: readonly object[], aborted = false) => {
    const agents: Agents = {
      nodes: ["a"],
      async run(_node, _args, { onLine } = {}) {
        for (const line of lines) onLine?.(JSON.stringify(line));
        throw new EnvironmentError("agent probe on node a: exit 137");
      },
    };
    const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
    return startSampling(agents, new Map(), { intervalMs: 100, durationMs: 1_000, signal }).traces;
  };

  it("has what it saw until then, and its counters count for nothing", async () => {
    expect(await cut([TICK])).toEqual([
      { node: "a", ticks: [TICK], kernelLog: [], ownCpuMs: 0, conntrackFrom: "nowhere" },
    ]);
  });

  it("ends the run where it did not even begin, or the run is called off", async () => {
    await expect(cut([])).rejects.toThrow("exit 137");
    await expect(cut([TICK], true)).rejects.toThrow("exit 137");
  });
});

describe("a node's clock", () => {
  it("is told by its first sample, and is ours until then", async () => {
    const STEPPED_MS = 3_600_000;
    let say = (_line: object) => {};
    const agents: Agents = {
      nodes: ["a"],
      run: (_node, _args, { onLine } = {}) =>
        new Promise(() => {
          say = (line) => onLine?.(JSON.stringify(line));
        }),
    };
    const sampling = startSampling(agents, new Map(), { intervalMs: 100, durationMs: 1_000 });
    expect(sampling.clockAheadMs("a")).toBe(0);
    say({ ...TICK, atUnixMs: Date.now() + STEPPED_MS });
    await sampling.started;
    expect(sampling.clockAheadMs("a") / STEPPED_MS).toBeCloseTo(1, 1);
    expect(sampling.clockAheadMs("another")).toBe(0);
  });
});
