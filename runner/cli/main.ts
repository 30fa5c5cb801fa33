import { Command, CommanderError } from "commander";
import { reasonOf } from "../errors.ts";
import { addCompare } from "./commands/compare.ts";
import { addJudge } from "./commands/judge.ts";
import { addLab } from "./commands/lab.ts";
import { addPreflight } from "./commands/preflight.ts";
import { addRestore } from "./commands/restore.ts";
import { EXIT, exitCodeOfError } from "./exit-codes.ts";
import { VERSION } from "./version.ts";

const program = new Command("packetwalk")
  .description("Rehearse bad days on a Kubernetes network, and say with evidence what a tuning changed")
  .version(VERSION)
  .enablePositionalOptions()
  .showHelpAfterError("(add --help for all options)")
  .exitOverride();
addCompare(program, process.argv.slice(2));
addJudge(program);
addLab(program);
addPreflight(program);
addRestore(program);
for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
  command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has already printed its sentence, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  } else {
    process.stderr.write(`packetwalk: ${reasonOf(error)}\n`);
    if (process.env.PACKETWALK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodeOfError(error);
  }
}
