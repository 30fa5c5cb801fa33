import type { Command } from "commander";

export function addTunings(command: Command): void {
  command
    .argument("[name]", "all of one tuning, of the catalogue or in a folder (./mine), with the command that tries it")
    .option("--json", "print one JSON document on stdout")
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      // Late: it reads every descriptor, by schemas of every suite.
      const { runTunings } = await import("../run-tunings.ts");
      await runTunings(name, options);
    });
}
