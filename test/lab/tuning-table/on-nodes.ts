import { expect } from "vitest";
import { armSwitch } from "../../../runner/experiment/arm-switch.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import { type Before, writeBack } from "../../../runner/tunings/apply.ts";
import { type PodPlace, readBack } from "../../../runner/tunings/read-back.ts";
import type { NodeSysctl } from "../../../runner/tunings/sysctl.ts";

/** Has an arm's node settings set as a run does, reads them back everywhere, and has them put back as a run does. */
export async function tryOnNodes(
  agents: Agents,
  tunings: readonly NodeSysctl[],
  pods: readonly PodPlace[],
): Promise<TuningReport[]> {
  const arm = { name: "tried", tunings };
  const recorded: Before[] = [];
  const nodes = armSwitch(agents, {
    record(change) {
      if (change.change === "sysctl") recorded.push(change);
    },
    async revert() {
      expect(await writeBack(agents, recorded.splice(0))).toEqual({ failed: [], left: [] });
    },
  });
  try {
    const writes = await nodes.to(arm);
    return tuningReports(arm, { writes, readBacks: await readBack(agents, arm.tunings, pods) });
  } finally {
    await nodes.to({ name: "nothing", tunings: [] });
  }
}
