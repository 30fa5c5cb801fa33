/** Tunings of the catalogue that all nodes of a machine feel, since they share its kernel. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { applyAndRevert, dump, nodeSysctls } from "../apply-and-revert.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
let cluster: Cluster;
let agents: Agents;

beforeAll(async () => {
  const opened = await testing.open();
  ({ cluster } = opened);
  await createNamespace(cluster);
  agents = await deployAgents(cluster, opened.delivery, opened.lab.nodes);
});
afterAll(() => testing.leave());

test("set in the kernel, read back on every node, put back", async () => {
  const before = await dump(agents, []);
  for (const tuning of await nodeSysctls("kernel")) {
    const { arrival, readBacks } = await applyAndRevert(agents, tuning, []);
    expect([tuning.name, arrival, readBacks.map(({ got }) => got)]).toEqual([
      tuning.name,
      "arrived",
      agents.nodes.map(() => tuning.value),
    ]);
    expect(await dump(agents, [])).toEqual(before);
  }
});
