/** `--workload`: the tuned arm on a workload of the user's. */
import { type Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import type { ArmPair } from "../experiment/arms.ts";
import type { Suite } from "../experiment/suite.ts";
import { triableNames, workloadPatchOf } from "../experiment/workload-patches.ts";
import { shortWords, type WorkloadReference, workloadReference } from "../workloads/workload-reference.ts";

export interface WorkloadOptions {
  readonly workload?: WorkloadReference;
  readonly allowWorkloadChanges?: boolean;
}

interface AskedSuite {
  readonly suite: Pick<Suite, "name" | "kinds" | "workloadPatch">;
  readonly arms: ArmPair;
}

export function addWorkloadOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--workload <namespace/deployment/name>",
        "try the tuned arm's settings of pods and rollouts on this Deployment of yours first: set, rolled out, read back in its pods, and put back; it gets no load (/CONTAINER after it, where it has several)",
      ).argParser(workloadReference),
    )
    .option("--allow-workload-changes", "let --workload do that: two rollouts of your Deployment");
}

/**
 * Before anything is started.
 * @throws UsageError where nobody allowed it, or where the tuned arm of a suite has nothing that a workload has
 */
export async function assertWorkloadAsked(
  suites: readonly AskedSuite[],
  { workload, allowWorkloadChanges }: WorkloadOptions,
): Promise<void> {
  if (workload === undefined) return;
  if (!allowWorkloadChanges)
    throw new UsageError(
      `--workload changes ${shortWords(workload)}, and rolls its pods out and back; add --allow-workload-changes if you own it`,
    );
  for (const { suite, arms } of suites) {
    if (hasTriable({ suite, arms })) continue;
    const names = await triableNames(suite);
    throw new UsageError(
      `--workload: arm ${arms.tuned.name} of ${suite.name} sets nothing that a workload has; ${names.length === 0 ? "leave it out" : `these of its tunings do: ${names.join(", ")}`}`,
    );
  }
}

/** Pure: whether the tuned arm has a setting that a workload has. */
export function hasTriable({
  suite,
  arms,
}: {
  readonly suite: Pick<Suite, "workloadPatch">;
  readonly arms: ArmPair;
}): boolean {
  return arms.tuned.tunings.some((tuning) => workloadPatchOf(suite, tuning) !== null);
}
