/** `--workload`: the tuned arm on a workload of the user's. */
import { type Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import { triableNames, workloadPatchOf } from "../experiment/workload-patches.ts";
import { shortWords, type WorkloadReference, workloadReference } from "../workloads/workload-reference.ts";
import type { ChosenSuite } from "./compare-plan.ts";

export interface WorkloadOptions {
  readonly workload?: WorkloadReference;
  readonly allowWorkloadChanges?: boolean;
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
  suites: readonly Pick<ChosenSuite, "suite" | "arms">[],
  { workload, allowWorkloadChanges }: WorkloadOptions,
): Promise<void> {
  if (workload === undefined) return;
  if (!allowWorkloadChanges)
    throw new UsageError(
      `--workload changes ${shortWords(workload)}, and rolls its pods out and back; add --allow-workload-changes if you own it`,
    );
  for (const { suite, arms } of suites) {
    if (arms.tuned.tunings.some((tuning) => workloadPatchOf(suite, tuning) !== null)) continue;
    const names = await triableNames(suite);
    throw new UsageError(
      `--workload: arm ${arms.tuned.name} of ${suite.name} sets nothing that a workload has; ${names.length === 0 ? "leave it out" : `these of its tunings do: ${names.join(", ")}`}`,
    );
  }
}
