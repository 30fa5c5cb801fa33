import { UsageError } from "../errors.ts";
import type { Agents } from "../probes/agents.ts";
import { type Before, readBefore } from "../tunings/apply.ts";
import { isNodeSysctl, type NodeSysctl } from "../tunings/sysctl.ts";
import type { ArmPair, ArmPlan } from "./arms.ts";

/**
 * Reads the limits that an arm is to raise, before anything is changed. Large nodes have more already: kube-proxy gives a
 * conntrack table 32,768 entries a core.
 * @throws UsageError if one would be lowered, naming arm, node and value
 */
export async function assertNothingLowered(agents: Agents, arms: ArmPair): Promise<void> {
  for (const arm of [arms.baseline, arms.tuned]) {
    const raising = limitsOf(arm);
    if (raising.length === 0) continue;
    const because = lowering(arm, await readBefore(agents, raising));
    if (because) throw new UsageError(because);
  }
}

/** Pure: what an arm would take from a node that has these values; undefined: nothing. */
export function lowering(arm: ArmPlan, values: readonly Before[]): string | undefined {
  for (const { key, value } of limitsOf(arm)) {
    const more = values.filter((each) => each.key === key && Number(each.before) > Number(value));
    const [first, ...others] = more.sort((a, b) => a.node.localeCompare(b.node));
    if (!first) continue;
    const further = others.length === 0 ? "" : ` (and ${others.length} more)`;
    return `arm ${arm.name}: ${key} = ${value} would lower it on node ${first.node}${further}, which has ${first.before}; choose an arm that does not set it`;
  }
  return undefined;
}

function limitsOf({ tunings }: ArmPlan): NodeSysctl[] {
  return tunings.filter(isNodeSysctl).filter(({ onlyRaises }) => onlyRaises);
}
