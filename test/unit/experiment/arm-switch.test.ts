import { expect, test } from "vitest";
import { armSwitch } from "../../../runner/experiment/arm-switch.ts";
import { IN_NODES, nodeSysctl } from "../../../runner/tunings/sysctl.ts";
import { fakeAgents } from "../undo/fake-agents.ts";

const arm = (name: string, value: string) => ({
  name,
  tunings: [nodeSysctl({ scope: "node", name, key: "k", value, actsIn: IN_NODES, note: "" })],
});

test("a value is on record before it is changed; the other arm's is reverted first; an arm that is on is left on", async () => {
  const agents = fakeAgents(["node1"]);
  const { ran } = agents;
  const nodes = armSwitch(agents, {
    record: (change) => ran.push(`record ${JSON.stringify(change)}`),
    revert: async (kind) => void ran.push(`revert ${kind}`),
  });
  const record = 'record {"change":"sysctl","node":"node1","key":"k","in":"node","before":"old","wrote":"1"}';
  await nodes.to(arm("tuned", "1"));
  expect(ran.splice(0)).toEqual(["revert sysctl", "node1 k?", record, "node1 k=1"]);
  await nodes.to(arm("tuned", "1"));
  expect(ran.splice(0)).toEqual([]);
  await nodes.to({ name: "baseline", tunings: [] });
  expect(ran.splice(0)).toEqual(["revert sysctl"]);
});
