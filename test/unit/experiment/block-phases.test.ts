/** What a block tells of its life, with a stage on which nothing is deployed and agents that read what a test says. */
import { expect, test } from "vitest";
import type { LiveEvent } from "../../../runner/analysis/live/events.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { BlockLife, LoadAtGate } from "../../../runner/experiment/block/life.ts";
import { type BlockStage, runBlock } from "../../../runner/experiment/block/run-block.ts";
import { unflushed } from "../../../runner/experiment/block/unflushed.ts";
import { createMerge } from "../../../runner/load/merge.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";

const ARM = { name: "recommended", tunings: [] };
const NODES = ["node-1", "node-2"];

interface Asked {
  readonly calls: string[];
  readonly told: LiveEvent[];
}

/** node-1 has a limit, node-2 was told to have none. */
function agents({ calls }: Asked): Agents {
  return {
    nodes: NODES,
    async run(node, args, options) {
      calls.push(`${node} ${args[0]}`);
      if (args[0] === "conntrack") return JSON.stringify({ entries: 0, limit: 1_000, removed: 0 });
      const conntrackLimit = node === "node-1" ? 1_000 : 0;
      for (const conntrackEntries of [10, 250]) {
        const samples = [
          { where: "node", counters: { conntrackEntries, conntrackLimit } },
          { where: "pod:uid", counters: { passiveOpens: 3 } },
        ];
        options?.onLine?.(JSON.stringify({ atUnixMs: Date.now(), samples }));
      }
      options?.onLine?.(JSON.stringify({ end: true, ownCpuMs: 1, kernelLog: [], conntrackFrom: "proc" }));
      return "";
    },
  };
}

function stageOf(asked: Asked, there: BlockStage["agents"]): BlockStage {
  return {
    agents: there,
    cluster: {} as BlockStage["cluster"],
    ...{ armSwitch: { to: async () => [] }, others: { waitUntilGone: async (count) => void (await count()) } },
    ...{ settings: [], settingWriters: { podsOf: async () => new Map() } },
    nodes: { client: "node-1", machineCpus: 2, bootIds: {}, open: [] } as unknown as BlockStage["nodes"],
    places: {} as BlockStage["places"],
    ...{ meet: async () => {}, leave: async () => {}, signal: new AbortController().signal },
    unflushed: unflushed(() => undefined),
    plan: { load: { ...LOAD } },
    onLive: (event) => asked.told.push(event),
  };
}

const LOAD = {
  ...{ model: "open", schedule: constant(10, 50), workers: 1, timeoutMs: 10 },
} as unknown as BlockStage["plan"]["load"];

type Life = BlockLife<Tuning, object, null, LoadAtGate, null>;

function lifeOf(how: Partial<Life> = {}): Life {
  return {
    timing: { sampleIntervalMs: 10, leadMs: 0, tailMs: 0 },
    ...{ drainedShare: 0.1, drainMethod: "" },
    ...{ prepare: async () => null, addresses: () => [], sampledPods: () => new Map() },
    deploy: async () => ({
      workers: [{ node: "node-1" }],
      start: async () => {},
      end: async () => ({ merged: createMerge().result(), lost: [] }),
    }),
    during: async () => null,
    conclude: async () => ({ evidence: {}, voidedBy: [], readBacks: [], placement: {} }),
    ...how,
  };
}

const OF = { arm: ARM, round: 2, sequence: 7 };

function phases({ told }: Asked): string[] {
  return told.flatMap((event) => (event.kind === "phase-entered" ? [event.phase] : []));
}

test("tells each phase when it is entered, of its own block, and the load's instant", async () => {
  const asked: Asked = { calls: [], told: [] };
  await runBlock(stageOf(asked, agents(asked)), lifeOf(), OF);
  expect(phases(asked)).toEqual([
    ...["switching-arm", "deploying", "draining", "load-to-gate", "at-gate"],
    ...["load", "ending", "left"],
  ]);
  const entered = asked.told.filter((event) => event.kind === "phase-entered");
  for (const { block } of entered) expect(block).toEqual({ number: 7, arm: "recommended", round: 2 });
  expect(entered.find(({ phase }) => phase === "load")).toMatchObject({ loadMs: 50 });
});

test("tells what the agents read anyway, of nodes whose table has a limit, and asks them no more than without", async () => {
  const asked: Asked = { calls: [], told: [] };
  await runBlock(stageOf(asked, agents(asked)), lifeOf(), OF);
  expect(asked.told.filter(({ kind }) => kind === "sample-read")).toEqual([
    { kind: "sample-read", number: 7, node: "node-1", entries: 10, limit: 1_000 },
    { kind: "sample-read", number: 7, node: "node-1", entries: 250, limit: 1_000 },
  ]);
  const unwatched: Asked = { calls: [], told: [] };
  await runBlock({ ...stageOf(unwatched, agents(unwatched)), onLive: () => undefined }, lifeOf(), OF);
  expect(asked.calls).toEqual(unwatched.calls);
});

test("without agents there is no table to tell of", async () => {
  const asked: Asked = { calls: [], told: [] };
  await runBlock(stageOf(asked, { refused: "no privileged pods" }), lifeOf(), OF);
  expect(asked.told.filter(({ kind }) => kind === "sample-read")).toEqual([]);
  expect(phases(asked)).toContain("load");
});

test("a block that fails is left all the same", async () => {
  const asked: Asked = { calls: [], told: [] };
  const failing = lifeOf({
    deploy: async () => {
      throw new EnvironmentError("no node takes the load");
    },
  });
  await expect(runBlock(stageOf(asked, agents(asked)), failing, OF)).rejects.toThrow("no node takes the load");
  expect(phases(asked)).toEqual(["switching-arm", "deploying", "draining", "load-to-gate", "left"]);
});
