import type { Command } from "commander";

export function addRestore(command: Command): void {
  command.action(async () => {
    const { terminalProgress } = await import("../terminal-progress.ts");
    const progress = terminalProgress(process.stderr);
    try {
      const { restoreInterrupted } = await import("../restore-interrupted.ts");
      const { runs, alive } = await restoreInterrupted(progress);
      progress.stop();
      const rest =
        alive > 0
          ? ` ${alive} run${alive === 1 ? " is" : "s are"} still going and ${alive === 1 ? "was" : "were"} left alone.`
          : "";
      process.stdout.write(
        runs === 0
          ? `Nothing to restore.${rest}\n`
          : `Restored what ${runs} interrupted run${runs === 1 ? "" : "s"} left.${rest}\n`,
      );
    } finally {
      progress.stop();
    }
  });
}
