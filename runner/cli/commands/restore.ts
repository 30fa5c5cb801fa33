import type { Command } from "commander";

export function addRestore(command: Command): void {
  command.action(async () => {
    const { terminalProgress } = await import("../terminal-progress.ts");
    const progress = terminalProgress(process.stderr);
    try {
      const { assertRestored, elsewhereWords, restoreInterrupted } = await import("../restore-interrupted.ts");
      const restored = await restoreInterrupted(progress);
      await assertRestored(restored.failed);
      progress.stop();
      const { runs, alive } = restored;
      const sentences = [
        runs === 0 ? "Nothing to restore." : `Restored what ${runs} interrupted run${runs === 1 ? "" : "s"} left.`,
        ...(alive > 0
          ? [`${alive} run${alive === 1 ? " is" : "s are"} still going and ${alive === 1 ? "was" : "were"} left alone.`]
          : []),
        ...elsewhereWords(restored),
      ];
      process.stdout.write(`${sentences.join(" ")}\n`);
    } finally {
      progress.stop();
    }
  });
}
