import { areThere, type MaybeAgents } from "../probes/agents.ts";
import { readBefore, type Write, writeTunings } from "../tunings/apply.ts";
import { isNodeSysctl } from "../tunings/sysctl.ts";
import type { Changes } from "../undo/changes.ts";
import type { ArmPlan } from "./arms.ts";

/** Holds which arm's node settings are in force; every change is journalled before it is made. */
export interface ArmSwitch {
  /** Brings the nodes to this arm's settings, the other arm's being reverted first. Gives what each write came to. */
  to(arm: ArmPlan): Promise<readonly Write[]>;
}

/** @param agents where there are none, no arm may have node settings */
export function armSwitch(agents: MaybeAgents, changes: Changes): ArmSwitch {
  let current: { arm: string; writes: Write[] } | undefined;
  return {
    async to(arm) {
      if (current?.arm === arm.name) return current.writes;
      await changes.revert("sysctl");
      current = undefined;
      const tunings = arm.tunings.filter(isNodeSysctl);
      if (tunings.length === 0) return [];
      if (!areThere(agents)) throw new Error(`arm ${arm.name} sets node sysctls, and no agent is there to do it`);
      const before = await readBefore(agents, tunings);
      for (const value of before) changes.record({ change: "sysctl", ...value });
      current = { arm: arm.name, writes: [] };
      current.writes = await writeTunings(agents, tunings, before);
      return current.writes;
    },
  };
}
