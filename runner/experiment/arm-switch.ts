import { EnvironmentError } from "../errors.ts";
import type { Agents } from "../probes/agents.ts";
import { type Before, readBefore, type Write, writeBack, writeTunings } from "../tunings/apply.ts";
import { isNodeSysctl } from "../tunings/sysctl.ts";
import type { Journal } from "../undo/journal.ts";
import type { ArmPlan } from "./arms.ts";

/** Holds which arm's node settings are in force; every change is journalled before it is made. */
export interface ArmSwitch {
  /** Brings the nodes to this arm's settings, the other arm's being reverted first. Gives what each write came to. */
  to(arm: ArmPlan): Promise<readonly Write[]>;
  /** Brings the nodes back to what they were. */
  revert(): Promise<void>;
}

export function armSwitch(agents: Agents, journal: Journal): ArmSwitch {
  let current: { arm: string; before: Before[]; writes: Write[] } | undefined;

  const revert = async () => {
    if (!current) return;
    const failed = await writeBack(agents, current.before);
    const first = failed[0];
    if (first)
      throw new EnvironmentError(
        `${first.key} could not be put back to its old value: ${first.error}; run packetwalk restore`,
      );
    journal.record({ change: "sysctls-reverted" });
    current = undefined;
  };

  return {
    revert,
    async to(arm) {
      if (current?.arm === arm.name) return current.writes;
      await revert();
      const tunings = arm.tunings.filter(isNodeSysctl);
      if (tunings.length === 0) return [];
      const before = await readBefore(agents, tunings);
      for (const value of before) journal.record({ change: "sysctl", ...value });
      current = { arm: arm.name, before, writes: [] };
      current.writes = await writeTunings(agents, tunings);
      return current.writes;
    },
  };
}
