import { Command } from "commander";
import { COMMANDS } from "../../runner/cli/commands/registry.ts";

/**
 * What the command line makes of words, without doing it.
 * @throws CommanderError or UsageError where it does not take them
 */
export async function parsedCommand(words: readonly string[]): Promise<unknown[]> {
  const program = new Command("packetwalk").exitOverride();
  const [name = ""] = words;
  const found = COMMANDS.find((each) => each.name === name);
  if (!found) throw new Error(`there is no command ${name}`);
  const command = program.command(name);
  (await found.load())(command, words);
  const given: unknown[] = [];
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeErr: () => undefined });
    each.action((...all) => void given.push(...all.slice(0, -1)));
  }
  await program.parseAsync([...words], { from: "user" });
  return given;
}
