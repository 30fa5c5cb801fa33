/** All commands as their definitions have them, for pages. */
import { Command, type Option } from "commander";
import { COMMANDS } from "../../runner/cli/commands/registry.ts";
import { programFor } from "../../runner/cli/program.ts";
import { addTargetOptions } from "../../runner/cli/target-options.ts";
import { SUITES } from "../../suites/index.ts";
import { ABOUT, type CommandAbout } from "./about-commands.ts";

/** An argument, or an option with the value that it takes. */
export interface Taken {
  readonly term: string;
  /** With what can be chosen and what holds by default, where the words do not say it. */
  readonly about: string;
}

export interface OptionGroup {
  /** Null: the command's own; else "Options of dns-storm". */
  readonly title: string | null;
  readonly options: readonly Taken[];
}

export interface DescribedCommand extends CommandAbout {
  /** As it is called, without the program's name: `lab up`. */
  readonly name: string;
  readonly description: string;
  /** What the command is about that groups it with others; null: it stands by itself. */
  readonly partOf: string | null;
  /** What stands after its name. */
  readonly usage: string;
  readonly arguments: readonly Taken[];
  readonly groups: readonly OptionGroup[];
  /** Whether it also takes the options that name a cluster. */
  readonly takesTarget: boolean;
}

export interface DescribedProgram {
  readonly description: string;
  readonly version: string;
  readonly commands: readonly DescribedCommand[];
  /** Options that several commands share: which cluster, and what runs there. */
  readonly target: readonly Taken[];
}

/** @throws Error naming a command that about-commands.ts does not tell of, or one that there is not */
export async function describedProgram(): Promise<DescribedProgram> {
  const program = await programFor([...COMMANDS, ...SUITES].map(({ name }) => name));
  const target = addTargetOptions(new Command()).options.map(takenOption);
  const commands = visible(program).flatMap((command) => {
    const below = visible(command);
    // One that only groups others can't be called by itself.
    const own = command.registeredArguments.length > 0 || command.options.length > 0 || below.length === 0;
    return [
      ...(own ? [described(command, command.name(), null, target)] : []),
      ...below.map((each) => described(each, `${command.name()} ${each.name()}`, command.description(), target)),
    ];
  });
  const strange = [...ABOUT.keys()].filter((name) => commands.every((command) => command.name !== name));
  if (strange.length > 0)
    throw new Error(`there is no command ${strange.join(", ")}: mend build/docs/about-commands.ts`);
  return { description: program.description(), version: program.version() ?? "", commands, target };
}

function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== "help");
}

function described(command: Command, name: string, partOf: string | null, target: readonly Taken[]): DescribedCommand {
  const about = ABOUT.get(name);
  if (!about) throw new Error(`nothing is told of the command ${name}: add it to build/docs/about-commands.ts`);
  const options = command.options.filter((option) => !option.hidden);
  const all = options.map((option) => ({
    title: option.helpGroupHeading?.replace(/:$/, "") ?? null,
    ...takenOption(option),
  }));
  const takesTarget = target.every((each) => all.some((taken) => isSame(taken, each)));
  const own = takesTarget ? all.filter((taken) => !target.some((each) => isSame(taken, each))) : all;
  const titles = [...new Set(own.map(({ title }) => title))];
  return {
    ...about,
    ...{ name, partOf, takesTarget, description: command.description(), usage: command.usage() },
    arguments: command.registeredArguments.map((argument) => ({
      term: argument.required ? argument.name() + (argument.variadic ? "..." : "") : `[${argument.name()}]`,
      about: argument.description + choices(argument.argChoices),
    })),
    groups: titles.map((title) => ({
      title,
      options: own.filter((taken) => taken.title === title).map(({ term, about }) => ({ term, about })),
    })),
  };
}

function isSame(one: Taken, other: Taken): boolean {
  return one.term === other.term && one.about === other.about;
}

function takenOption(option: Option): Taken {
  const value: unknown = option.defaultValue;
  const byDefault = value === undefined || value === false ? "" : ` (default: ${String(value)})`;
  const needed = option.mandatory ? " (has to be given)" : "";
  return { term: option.flags, about: option.description + choices(option.argChoices) + byDefault + needed };
}

function choices(words: readonly string[] | undefined): string {
  return words === undefined ? "" : ` (choices: ${words.join(", ")})`;
}
