import type { Command } from "commander";

export function addRestore(command: Command): void {
  command.action(async () => {
    const { terminalProgress } = await import("../terminal-progress.ts");
    const progress = terminalProgress(process.stderr);
    try {
      const { assertRestored, restoreInterrupted } = await import("../restore-interrupted.ts");
      const { restoredWords } = await import("../restore-words.ts");
      const restored = await restoreInterrupted(progress);
      await assertRestored(restored.failed);
      progress.stop();
      process.stdout.write(`${restoredWords(restored)}\n`);
    } finally {
      progress.stop();
    }
  });
}
