import { Command } from "commander";
import { COMMANDS } from "./commands/registry.ts";
import { VERSION } from "./version.ts";

/**
 * All commands, of which those that the words name have arguments and options too: of the others, a description is all that
 * is shown.
 * @param words of the command line; suites among them bring their own options with them
 */
export async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command("packetwalk")
    .description("Rehearse bad days on a Kubernetes network, and say with evidence what a tuning changed")
    .version(VERSION)
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError("(add --help for all options)");
  for (const { name, description, hidden = false, load } of COMMANDS) {
    const command = program.command(name, { hidden }).description(description);
    if (words.includes(name)) (await load())(command, words);
  }
  return program;
}
