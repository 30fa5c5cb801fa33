import { describe, expect, it } from "vitest";
import type { ToolResult } from "../../../bench/load/bench.ts";
import { goalsOf } from "../../../bench/load/report/goals.ts";
import { rowOf } from "../../../bench/load/report/row.ts";
import { tableText } from "../../../bench/load/report/table.ts";
import { TOOLS } from "../../../bench/load/tools/registry.ts";

function tool(name: string) {
  const found = TOOLS.find((each) => each.name === name);
  if (!found) throw new Error(`no tool ${name}`);
  return found;
}

interface Numbers {
  perCpuSecond: number;
  lagMs?: readonly number[];
  p99?: { reportedMs: number | null; truthMs: number };
  growth?: number;
  busyCores?: number;
}

function measured(name: string, { perCpuSecond, lagMs, p99, growth, busyCores = 0.02 }: Numbers): ToolResult {
  const throughput = [1, 1.01, 0.99].map((factor) => ({
    connectionsPerSecond: 0.9 * perCpuSecond * factor,
    connectionsPerCpuSecond: perCpuSecond * factor,
    memoryBytes: 5e6,
    targetBusyShare: 0.5,
  }));
  const { reportedMs, truthMs } = p99 ?? { reportedMs: 190, truthMs: 190 };
  const errorPercent = reportedMs === null ? null : (100 * (reportedMs - truthMs)) / truthMs;
  return {
    tool: tool(name),
    outcome: {
      kind: "measured",
      throughput,
      stalls: [{ truthMs, reportedMs, errorPercent }],
      schedule: lagMs ? { maximumPerSecond: perCpuSecond, lagP999Ms: { half: lagMs, most: lagMs } } : null,
      memory: growth === undefined ? null : { onceBytes: 1e7, fourTimesBytes: growth * 1e7 },
      othersBusyCores: busyCores,
      problems: [],
    },
  };
}

const peers = [
  measured("floor", { perCpuSecond: 24_000, p99: { reportedMs: null, truthMs: 190 } }),
  measured("wrk", { perCpuSecond: 20_000, p99: { reportedMs: 4, truthMs: 190 } }),
  measured("vegeta", { perCpuSecond: 6_500, lagMs: [5] }),
];
const good = measured("flood", { perCpuSecond: 21_000, lagMs: [0.2, 9, 0.3], growth: 1.02 });

describe("rows", () => {
  it("are medians over the rounds", () => {
    expect(rowOf(good)).toMatchObject({ connectionsPerCpuSecond: 21_000, lagP999Ms: 0.3, p99ErrorPercent: 0 });
  });

  it("give a reason for each null", () => {
    expect(rowOf(measured("wrk", { perCpuSecond: 1 }))).toMatchObject({
      lagP999Ms: null,
      noLag: "closed loop: no schedule",
    });
    const unmeasured: ToolResult = {
      tool: tool("oha"),
      outcome: { kind: "not-measured", why: "cargo is not installed" },
    };
    expect(rowOf(unmeasured)).toMatchObject({ connectionsPerSecond: null, notMeasured: "cargo is not installed" });
  });
});

describe("goals", () => {
  const met = (...results: ToolResult[]) => goalsOf(results.map(rowOf)).map((goal) => goal.met);

  it("are met by a good flood", () => {
    expect(met(good, ...peers)).toEqual([true, true, true, true, true, true, true]);
  });

  it("are each missed by a bad one", () => {
    const bad = measured("flood", {
      perCpuSecond: 15_000,
      lagMs: [1.5],
      p99: { reportedMs: 180, truthMs: 190 },
      growth: 2,
    });
    expect(met(bad, ...peers)).toEqual([false, false, false, false, false, false, false]);
  });

  it("count as neither when a part is missing", () => {
    expect(met(good)).toEqual([null, null, null, null, true, true, true]);
    expect(met(...peers)).toEqual([null, null, null, null, null, null, null]);
  });
});

describe("table", () => {
  it("shows every tool, the reason of one that was not measured, and the goals", () => {
    const absent: ToolResult = { tool: tool("oha"), outcome: { kind: "not-measured", why: "cargo is not installed" } };
    const rows = [good, ...peers, absent].map(rowOf);
    const text = tableText(rows, goalsOf(rows), ["A note."]);
    expect(text).toMatch(/^flood +18,900 +21,000 +5\.0 +0\.30 /m);
    expect(text).toMatch(/^wrk .* 4\.0 +190\.0 +-97\.9 /m);
    expect(text).toContain("oha: not measured: cargo is not installed");
    expect(text).toContain("✓ met: connections per client CPU-second at least wrk's (1.05 ×)");
    expect(text).toContain("A note.");
  });

  it("says when the machine was not quiet", () => {
    const text = (busyCores: number) => tableText([rowOf(measured("wrk", { perCpuSecond: 1, busyCores }))], [], []);
    expect(text(0.02)).not.toContain("quiet");
    expect(text(0.7)).toContain("other work kept up to 0.7 cores busy");
  });
});
