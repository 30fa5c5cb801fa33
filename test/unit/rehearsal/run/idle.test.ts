import { expect, it } from "vitest";
import type { NodeTrace } from "../../../../runner/probes/sampler.ts";
import { risenIn } from "../../../../runner/rehearsal/run/idle.ts";
import type { CounterName } from "../../../../runner/result/counters.ts";

/** A node's samples, each of one place. */
function trace(node: string, ...samples: [where: string, counters: Partial<Record<CounterName, number>>][]): NodeTrace {
  return {
    ...{ node, kernelLog: [], ownCpuMs: 0, conntrackFrom: "proc" },
    ticks: samples.map(([where, counters], index) => ({ atUnixMs: 500 * index, samples: [{ where, counters }] })),
  };
}

it("without load are told the counters of drops that rise, by the keys that a stage's seconds have", () => {
  const traces = [
    trace(
      "a",
      ["node", { conntrackDrop: 7, softnetDropped: 1, retransSegs: 5 }],
      ["pod:u", { listenDrops: 3 }],
      ["node", { conntrackDrop: 9, softnetDropped: 4, retransSegs: 90 }],
      ["pod:u", { listenDrops: 3 }],
    ),
    trace("b", ["node", { conntrackDrop: 50, softnetDropped: 1 }], ["node", { conntrackDrop: 50, softnetDropped: 4 }]),
  ];
  expect(Object.fromEntries(risenIn(traces, () => "one kernel"))).toEqual({
    "a/node conntrackDrop": 2,
    "one kernel softnetDropped": 3,
  });
});
