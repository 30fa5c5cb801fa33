import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands/registry.ts";
import { EXIT, exitCodeOfError } from "./exit-codes.ts";
import { tellError } from "./tell-error.ts";
import { onUncaught } from "./uncaught.ts";
import { VERSION } from "./version.ts";

onUncaught();
const words = process.argv.slice(2);
const program = new Command("packetwalk")
  .description("Rehearse bad days on a Kubernetes network, and say with evidence what a tuning changed")
  .version(VERSION)
  .enablePositionalOptions()
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .showHelpAfterError("(add --help for all options)");
for (const { name, description, load } of COMMANDS) {
  const command = program.command(name).description(description);
  // Of a command that is not named, its description is all that is shown.
  if (words.includes(name)) (await load())(command, words);
}
for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
  command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has already printed its sentence, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  } else {
    tellError(error);
    process.exitCode = exitCodeOfError(error);
  }
}
