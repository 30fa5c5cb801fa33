import { expect } from "vitest";
import { catalogue } from "../../runner/cli/tuning-entry.ts";
import { armSwitch } from "../../runner/experiment/arm-switch.ts";
import { tuningReports } from "../../runner/experiment/tuning-reports.ts";
import type { Agents } from "../../runner/probes/agents.ts";
import { type SysctlPlace, sysctls } from "../../runner/probes/sysctl.ts";
import type { TuningReport } from "../../runner/result/tuning.ts";
import { type Before, writeBack } from "../../runner/tunings/apply.ts";
import { type PodPlace, readBack } from "../../runner/tunings/read-back.ts";
import { isNodeSysctl, type NodeSysctl } from "../../runner/tunings/sysctl.ts";
import { connectionFlood } from "../../suites/connection-flood/suite.ts";
import { tuningsOf } from "../support/arms.ts";

/** All of the catalogue that is set on nodes, in this scope. */
export async function nodeSysctls(scope: NodeSysctl["scope"]): Promise<NodeSysctl[]> {
  const entries = (await catalogue()).filter((entry) => entry.kind === "node-sysctl" && entry.scope === scope);
  const tunings = await Promise.all(entries.map(({ name }) => tuningsOf(connectionFlood, name)));
  return tunings.flat().filter(isNodeSysctl);
}

/** Every sysctl of the catalogue, in every place that an agent reaches: what must be equal before and after. */
export async function dump(agents: Agents, pods: readonly PodPlace[]): Promise<Record<string, string | null>> {
  const keys = [...(await nodeSysctls("kernel")), ...(await nodeSysctls("node"))].map(({ key }) => key);
  const values = await Promise.all(
    agents.nodes.map(async (node) => {
      const places: SysctlPlace[] = ["kernel", "node"];
      for (const pod of pods) if (pod.node === node) places.push(`pod:${pod.uid}`);
      const requests = places.flatMap((place) => [...new Set(keys)].map((key) => ({ key, in: place })));
      const answers = await sysctls(agents, node, requests);
      return answers.map(({ key, in: place, got, before }) => [`${node} ${place} ${key}`, got ?? before] as const);
    }),
  );
  return Object.fromEntries(values.flat());
}

/** Has an arm's node settings set as a run does, reads them back everywhere, and has them put back as a run does. */
export async function applyAndRevert(
  agents: Agents,
  tuning: NodeSysctl,
  pods: readonly PodPlace[],
): Promise<TuningReport> {
  const arm = { name: "tried", tunings: [tuning] };
  const recorded: Before[] = [];
  const nodes = armSwitch(agents, {
    record(change) {
      if (change.change === "sysctl") recorded.push(change);
    },
    async revert() {
      expect((await writeBack(agents, recorded.splice(0))).failed).toEqual([]);
    },
  });
  try {
    const writes = await nodes.to(arm);
    const [report] = tuningReports(arm, { writes, readBacks: await readBack(agents, arm.tunings, pods) });
    if (!report) throw new Error("no report");
    return report;
  } finally {
    await nodes.to({ name: "nothing", tunings: [] });
  }
}
