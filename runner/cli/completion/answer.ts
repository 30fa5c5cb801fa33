/** What can stand where the cursor is; asks no cluster. */
import type { Command } from "commander";
import { type TypedLine, typedLine } from "./line.ts";
import { type Choice, type Choices, valuesOf } from "./values.ts";

/** What would change a terminal, or a script's lines, completes nothing. */
const PLAIN = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** @param words after the program's name; the last is the one that is being typed, and may be empty */
export async function answerOf(program: Command, words: readonly string[]): Promise<Choices> {
  const line = typedLine(program, words);
  const { source, choices } = await choicesAt(line);
  const fitting = choices
    .map(({ word, about }) => ({ word: line.before + word, about }))
    .filter(({ word }) => word.startsWith(line.before + line.current) && PLAIN.test(word));
  // A folder has one argument beside its subcommands: files are for what no word fits.
  return { source: fitting.length > 0 ? "words" : source, choices: fitting };
}

async function choicesAt(line: TypedLine): Promise<Choices> {
  const { command, operands, awaited, current, onlyOperands } = line;
  if (awaited) return valuesOf(awaited, line);
  if (!onlyOperands && current.startsWith("-")) return { source: "words", choices: optionsLeft(line) };
  const subcommands = operands.length === 0 ? command.createHelp().visibleCommands(command) : [];
  const named = subcommands.map((each) => ({ word: each.name(), about: each.description() }));
  const all = command.registeredArguments;
  const argument = all[operands.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  const values = argument ? await valuesOf(argument, line) : undefined;
  if (values) return { source: values.source, choices: [...named, ...values.choices] };
  return { source: "words", choices: named.length > 0 ? named : optionsLeft(line) };
}

function optionsLeft({ command, given, onlyOperands }: TypedLine): Choice[] {
  if (onlyOperands) return [];
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap((option) =>
    option.long && !given.has(option) ? [{ word: option.long, about: option.description }] : [],
  );
}
