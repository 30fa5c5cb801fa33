import { expect, test } from "vitest";
import type { NodeTrace } from "../../../../runner/probes/sampler.ts";
import { readingsOf } from "../../../../runner/rehearsal/run/readings.ts";

type Ground = Parameters<typeof readingsOf>[0];
const GROUND = { nodes: { client: "a", bootIds: {} }, targets: [] } as unknown as Ground;

function table(...limits: (number | undefined)[]) {
  const trace: NodeTrace = {
    ...{ node: "a", kernelLog: [], ownCpuMs: 0, conntrackFrom: "proc" },
    ticks: limits.map((limit, index) => ({
      atUnixMs: 500 * index,
      samples: [
        {
          where: "node",
          counters: { conntrackEntries: 50 + index, ...(limit === undefined ? {} : { conntrackLimit: limit }) },
        },
      ],
    })),
  };
  const read = { pods: { nameOf: () => undefined }, ends: [], traces: [trace], startOnNodesMs: 0 };
  return readingsOf(GROUND, read, null).filter(({ counter }) => counter === "conntrackEntries");
}

const entries = { hop: "client-conntrack", where: "node a", counter: "conntrackEntries", lost: null } as const;

test.each([
  ["a limit that stays", [100, 100, 100], { used: 52, limit: 100 }],
  ["one that was not always read", [undefined, 100, undefined], { used: 52, limit: 100 }],
  ["one that was never read", [undefined, undefined], { used: 51, limit: null }],
  ["one that was changed", [100, 100, 200], { used: 52, limit: 200, limitBefore: 100 }],
  ["one that was changed and put back", [100, 200, 100], { used: 52, limit: 100, limitBefore: 200 }],
] as const)("%s", (_, limits, told) => {
  expect(table(...limits)).toEqual([{ ...entries, ...told }]);
});
