import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { addTargetOptions, flagOf, type TargetOptions } from "../target-options.ts";

interface TuningsOptions extends TargetOptions {
  readonly here?: boolean;
  readonly manifest?: boolean;
  readonly json?: boolean;
}

export function addTunings(command: Command): void {
  command
    .argument(
      "[name...]",
      "all of one tuning, of the catalogue or in a folder (./mine), with the command that tries it; with --here or --manifest as many as you like",
    )
    .option("--here", "which of them can be applied on a cluster, which can't, and by whose word; only reads")
    .option(
      "--manifest",
      "print what keeps node settings in force, for kubectl apply: a DaemonSet that writes /etc/sysctl.d",
    )
    .option("--json", "print one JSON document on stdout");
  addTargetOptions(command);
  command.action(async (names: string[], options: TuningsOptions) => {
    if (options.manifest) {
      await printManifest(names, options);
      return;
    }
    if (options.here) {
      demandKubeconfig(options.kubeconfig);
      // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
      const { runHere } = await import("../run-here.ts");
      process.exitCode = await runHere([...new Set(names)], options);
      return;
    }
    const given = Object.keys(options).find((name) => command.getOptionValueSource(name) === "cli" && name !== "json");
    if (given !== undefined)
      throw new UsageError(`${flagOf(given)} names a cluster to ask: add --here, or leave it out`);
    const [name, ...more] = names;
    if (more.length > 0)
      throw new UsageError(
        `packetwalk tunings tells of one tuning at a time: name ${name} alone, or add --here to ask a cluster about all of them`,
      );
    // Late: it reads every descriptor, by schemas of every suite.
    const { runTunings } = await import("../run-tunings.ts");
    await runTunings(name, options);
  });
}

async function printManifest(names: readonly string[], { here, json }: TuningsOptions): Promise<void> {
  if (here || json) throw new UsageError(`--manifest prints YAML alone: leave ${here ? "--here" : "--json"} out`);
  if (names.length === 0)
    throw new UsageError("--manifest takes the names of what is to be kept, e.g. conntrack-time-wait-30");
  const { runManifest } = await import("../run-manifest.ts");
  await runManifest([...new Set(names)]);
}
