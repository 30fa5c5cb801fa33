/** What the command of every bench that can fail has in common: what its exit codes are, and how it tells an error. */
import { Command } from "commander";
import { EXIT, exitCodeOfError } from "../../runner/cli/exit-codes.ts";
import { reasonOf } from "../../runner/errors.ts";

/** @param name as `npm run` knows it */
export function benchCommand(name: string, description: string): Command {
  // Commander's own 1 would say that something was found.
  return new Command(name)
    .description(description)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.passed : EXIT.usage));
}

/** Runs the bench, and ends the process with its exit code, or with that of its error in one sentence. */
export async function endWith(name: string, bench: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await bench();
  } catch (error) {
    process.stderr.write(`${name}: ${reasonOf(error)}\n`);
    process.exitCode = exitCodeOfError(error);
  }
}
