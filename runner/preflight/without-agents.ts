/** Pure: what a run can do where the cluster refuses privileged agents on its nodes. */
import { EnvironmentError } from "../errors.ts";
import type { WithoutAgents } from "./needs.ts";

/** As much of an arm as tells whether it takes an agent. */
export interface ArmOnNodes {
  readonly name: string;
  readonly tunings: ReadonlyArray<{ readonly nodeChange?: string }>;
}

/** Why an arm can't be run then; undefined: it can. */
export function armStop({ name, tunings }: ArmOnNodes): string | undefined {
  const changes = [...new Set(tunings.flatMap(({ nodeChange }) => nodeChange ?? []))];
  return changes.length === 0
    ? undefined
    : `arm ${name} ${changes.join(", ")}, which only an agent there can do: choose another arm`;
}

/** @throws EnvironmentError naming all that can't be done */
export function assertPossibleWithout(
  suite: WithoutAgents,
  arms: Readonly<Record<"baseline" | "tuned", ArmOnNodes>>,
  says: string,
): void {
  const stops = [
    ...(suite.can ? [] : [suite.because]),
    ...[arms.baseline, arms.tuned].flatMap((arm) => armStop(arm) ?? []),
  ];
  if (stops.length > 0)
    throw new EnvironmentError(
      `the cluster refuses packetwalk's privileged agents (${says}), and so ${stops.join("; ")}`,
    );
}
