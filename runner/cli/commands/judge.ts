import type { Command } from "commander";

export function addJudge(command: Command): void {
  command
    .argument("<file|dir...>", "a result.json, a document with its suite and arms only, or a folder of such")
    .option("--json", "print one JSON document on stdout")
    .action(async (paths: string[], options: { readonly json?: boolean }) => {
      // Late: the suites bring their schemas with them, which help and bad input need not wait for.
      const { runJudge } = await import("../run-judge.ts");
      process.exitCode = await runJudge(paths, options);
    });
}
