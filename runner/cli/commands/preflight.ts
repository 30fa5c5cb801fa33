import type { Command } from "commander";
import { SUITES } from "../../../suites/index.ts";
import { armPair, assertNamed } from "../../experiment/arms.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { suiteByName } from "../suite-by-name.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addWorkloadOptions, type WorkloadOptions } from "../workload-option.ts";

interface PreflightOptions extends TargetOptions, WorkloadOptions {
  readonly baseline: string;
  readonly tuned: string;
  readonly quick?: boolean;
  readonly allowNodeChanges?: boolean;
  readonly inTurn?: boolean;
  readonly json?: boolean;
}

export function addPreflight(command: Command): void {
  command
    .argument("[suite...]", `which of ${SUITES.map(({ name }) => name).join(", ")} (default: all)`)
    .option("--baseline <arm>", "as compare has it", "baseline")
    .option("--tuned <arm>", "as compare has it", "recommended")
    .option("--quick", "as compare has it")
    .option("--allow-node-changes", "as compare has it")
    .option("--in-turn", "as compare has it")
    .option("--json", "print one JSON document on stdout");
  addWorkloadOptions(command);
  addTargetOptions(command);
  command.action(async (names: string[], options: PreflightOptions) => {
    const named = names.length === 0 ? SUITES : [...new Set(names)].map(suiteByName);
    for (const suite of named) assertNamed(suite, options.baseline, options.tuned);
    demandKubeconfig(options.kubeconfig);
    const suites = await Promise.all(
      named.map(async (suite) => ({ suite, arms: await armPair(suite, options.baseline, options.tuned) })),
    );
    // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
    const { runPreflight } = await import("../run-preflight.ts");
    process.exitCode = await runPreflight({ ...options, suites });
  });
}
