import { type Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import type { Suite, SuiteOption } from "../experiment/suite.ts";

type AnySuite = Pick<Suite, "name" | "options">;

/** Those that a command line names, wherever: their options have to be known before it is parsed. */
export function suitesNamedIn<S extends AnySuite>(suites: readonly S[], words: readonly string[]): S[] {
  return suites.filter(({ name }) => words.includes(name));
}

/**
 * Adds the options of the named suites, under a heading with the suite's name, to a command. Those of the others are
 * refused by name, so that nobody thinks that they did something.
 */
export function addSuiteOptions(command: Command, suites: readonly AnySuite[], named: readonly AnySuite[]): void {
  const added = new Set<string>();
  for (const { name, options } of named) {
    for (const { flags, description } of Object.values(options)) {
      if (added.has(flags)) continue; // two suites may have an option of one name; each reads it in its own way
      added.add(flags);
      command.addOption(new Option(flags, description).helpGroup(`Options of ${name}:`));
    }
  }
  for (const { name, options } of suites) {
    for (const { flags } of Object.values(options)) {
      const flag = flagOf(flags);
      if ([...added].some((known) => flagOf(known) === flag)) continue;
      const refused = new Option(flags).hideHelp().argParser(() => {
        throw new UsageError(`${flag} is an option of ${name}; name that suite, or leave it out`);
      });
      added.add(flags);
      command.addOption(refused);
    }
  }
  const withOptions = suites.filter(({ options }) => Object.keys(options).length > 0).map(({ name }) => name);
  if (named.length === 0 && withOptions.length > 0) {
    command.addHelpText("after", `\nOptions of a suite: compare ${withOptions.join(" --help, compare ")} --help`);
  }
}

/**
 * What was chosen of a suite's own options.
 * @param given by commander, under the names that it makes of the flags
 * @throws UsageError in the suite's words
 */
export function optionsOf({ options }: AnySuite, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => {
      const text = given[new Option(option.flags).attributeName()];
      return typeof text === "string" ? [[name, (option as SuiteOption<unknown>).parse(text)]] : [];
    }),
  );
}

function flagOf(flags: string): string {
  return flags.split(" ")[0] ?? flags;
}
