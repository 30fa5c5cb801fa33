import type { Command } from "commander";
import { readJournals } from "../../undo/journal.ts";
import { terminalProgress } from "../terminal-progress.ts";

export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("undo whatever an interrupted run left")
    .action(async () => {
      const progress = terminalProgress(process.stderr);
      try {
        const { restoreInterrupted } = await import("../restore-interrupted.ts");
        const undone = await restoreInterrupted(progress);
        const alive = readJournals().filter((journal) => journal.alive).length;
        progress.stop();
        const rest =
          alive > 0
            ? ` ${alive} run${alive === 1 ? " is" : "s are"} still going and ${alive === 1 ? "was" : "were"} left alone.`
            : "";
        process.stdout.write(
          undone === 0
            ? `Nothing to restore.${rest}\n`
            : `Restored what ${undone} interrupted run${undone === 1 ? "" : "s"} left.${rest}\n`,
        );
      } finally {
        progress.stop();
      }
    });
}
