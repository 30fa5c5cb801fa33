import { expect, test } from "vitest";
import { readTraces } from "../../../runner/experiment/block/trace.ts";
import type { NodeTrace } from "../../../runner/probes/sampler.ts";
import type { CounterName } from "../../../runner/result/counters.ts";

const START = 1_000_000;

/** One node, read at 1 Hz from the load's start on; undefined: it could not be read then. */
function trace(where: string, counter: CounterName, values: readonly (number | undefined)[]): NodeTrace {
  return {
    node: "node-1",
    ticks: values.map((value, second) => ({
      atUnixMs: START + second * 1_000,
      samples: [
        { where: "node", counters: { conntrackEntries: 10, conntrackLimit: 100 } },
        ...(value === undefined ? [] : [{ where, counters: { [counter]: value } }]),
      ],
    })),
    kernelLog: [],
    ownCpuMs: 0,
    conntrackFrom: "proc",
  };
}

function read(where: string, counter: CounterName, values: readonly (number | undefined)[]) {
  const { counters } = readTraces([trace(where, counter, values)], START, "node-1", {});
  return counters.find(({ deltas }) => counter in deltas);
}

test("a counter rises from reading to reading", () => {
  expect(read("pod:a", "listenDrops", [100, 150, 400])).toMatchObject({ deltas: { listenDrops: 300 } });
  expect(read("pod:a", "listenDrops", [100, 150, 400])).not.toHaveProperty("atLeast");
});

test("a 32-bit counter goes on past its end", () => {
  const values = [4_294_967_290, 4_294_967_295, 10, 20];
  expect(read("pod:a", "listenDrops", values)).toMatchObject({ deltas: { listenDrops: 26 } });
});

test("what a pod counted before it was gone is the least that it can be, and not nothing", () => {
  expect(read("pod:a", "listenDrops", [0, 400, 900, undefined])).toMatchObject({
    deltas: { listenDrops: 900 },
    atLeast: ["listenDrops"],
  });
});

test("what began anew counts on from zero", () => {
  expect(read("pod:a", "listenDrops", [500, 700, 30, 80])).toMatchObject({
    deltas: { listenDrops: 280 },
    atLeast: ["listenDrops"],
  });
});

test("what was never read, or once only, is missing and not zero", () => {
  expect(read("pod:a", "listenDrops", [undefined, undefined])).toBeUndefined();
  expect(read("pod:a", "listenDrops", [undefined, 900, undefined])).toBeUndefined();
});

test("a node whose kernel does not tell what its table dropped dropped no known number, and not none", () => {
  const told = (conntrackFrom: NodeTrace["conntrackFrom"], drops: readonly (number | undefined)[]): NodeTrace => ({
    node: "node-1",
    ticks: drops.map((conntrackDrop, second) => ({
      atUnixMs: START + second * 1_000,
      samples: [
        {
          where: "node",
          counters: {
            conntrackEntries: 100,
            conntrackLimit: 100,
            ...(conntrackDrop === undefined ? {} : { conntrackDrop }),
          },
        },
      ],
    })),
    kernelLog: [],
    ownCpuMs: 0,
    conntrackFrom,
  });
  const without = readTraces([told("nowhere", [undefined, undefined])], START, "node-1", {});
  expect(without.conntrack.map(({ drops }) => drops)).toEqual([null, null]);
  expect(without.counters[0]).toMatchObject({ conntrackFrom: "nowhere", deltas: {} });
  expect(without.cliff).toBeNull();
  const byNetlink = readTraces([told("ctnetlink", [5, 9])], START, "node-1", {});
  expect(byNetlink.conntrack.map(({ drops }) => drops)).toEqual([0, 4]);
  expect(byNetlink.counters[0]).toMatchObject({ conntrackFrom: "ctnetlink", deltas: { conntrackDrop: 4 } });
});
