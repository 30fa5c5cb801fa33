import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { exampleNames } from "../../rehearsal/examples.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { addPrometheusOptions } from "../prometheus-options.ts";
import type { RehearseOptions } from "../run-rehearse.ts";
import { addTargetOptions } from "../target-options.ts";

export function addRehearse(command: Command): void {
  command
    .argument("[plan]", "the plan, a YAML file")
    .addOption(
      new Option("--init <kind>", "write a commented plan to start from, into this folder, and end").choices(
        exampleNames(),
      ),
    )
    .option("--yes", "do not ask whether the targets are the right ones: for CI")
    .option("--allow-external", "also where a target's address is a public one")
    .option("--allow-workload-changes", "let the plan's rollouts restart Deployments of yours")
    .option(
      "--allow-node-changes",
      "on a cluster that is not the lab, let the plan drain nodes, and delete a pod of the cluster's DNS",
    )
    .option("--against <dir>", "say what differs from the rehearsal whose results are in this folder")
    .option("--watch", "show it live, also on a page at a loopback address")
    .option("--out <dir>", "where rehearsal.json, rehearsal.html and rehearsal.md go", "packetwalk-rehearsal")
    .addOption(new Option("--json", "print one JSON document on stdout").conflicts("md"))
    .option("--md", "print Markdown on stdout");
  addPrometheusOptions(command);
  addTargetOptions(command);
  command.action(async (plan: string | undefined, options: RehearseOptions & { readonly init?: string }) => {
    if (options.init !== undefined) {
      if (plan !== undefined) throw new UsageError("--init writes a plan and runs none: give one or the other");
      const { writeExample } = await import("../rehearse-init.ts");
      process.stdout.write(writeExample(options.init, process.cwd()));
      return;
    }
    if (plan === undefined)
      throw new UsageError("which plan? Give its file, or have one written: packetwalk rehearse --init shop");
    demandKubeconfig(options.kubeconfig);
    // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
    const { runRehearse } = await import("../run-rehearse.ts");
    process.exitCode = await runRehearse(plan, options);
  });
}
