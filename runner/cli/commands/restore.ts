import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { type ClusterOptions, namespaceName } from "../target-options.ts";

export function addRestore(command: Command): void {
  command
    .option(
      "--kubeconfig <file>",
      "restore what is left on this kubeconfig's cluster, through it (default: all that this machine's journals tell of, as they say)",
    )
    .option("--context <name>", "context in the kubeconfig")
    .option("--namespace <name>", "only what is left in this namespace of yours", namespaceName)
    .action(async (options: ClusterOptions) => {
      const named = options.kubeconfig !== undefined || options.context !== undefined;
      if (options.namespace !== undefined && !named)
        throw new UsageError(
          "--namespace goes with --kubeconfig or --context: without them journals say where to work",
        );
      demandKubeconfig(options.kubeconfig);
      const { runRestore } = await import("../run-restore.ts");
      await runRestore(named ? options : undefined);
    });
}
