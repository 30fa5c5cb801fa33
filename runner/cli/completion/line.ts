/** What a command line is about as far as it is typed; pure. */
import type { Command, Option } from "commander";

export interface TypedLine {
  readonly command: Command;
  /** The command's operands before the last word. */
  readonly operands: readonly string[];
  /** Of each option that has one, its value; null: it has none. */
  readonly given: ReadonlyMap<Option, string | null>;
  /** What the last word is, or ends as, the value of. */
  readonly awaited: Option | undefined;
  /** Of the last word, what stands before that value: `--tuned=`. */
  readonly before: string;
  /** What is to be completed. */
  readonly current: string;
  /** After `--` nothing is an option. */
  readonly onlyOperands: boolean;
}

/** @param words after the program's name; the last is the one that is being typed, and may be empty */
export function typedLine(program: Command, words: readonly string[]): TypedLine {
  let command = program;
  let operands: string[] = [];
  let awaited: Option | undefined;
  let onlyOperands = false;
  const given = new Map<Option, string | null>();
  for (const word of words.slice(0, -1)) {
    if (awaited) {
      given.set(awaited, word);
      awaited = undefined;
    } else if (!onlyOperands && word === "--") {
      onlyOperands = true;
    } else if (!onlyOperands && word.startsWith("-")) {
      const { option, value } = optionOf(command, word);
      if (option) given.set(option, value);
      if (option && value === null && takesValue(option)) awaited = option;
    } else {
      const next = operands.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      operands = next ? [] : [...operands, word];
      command = next ?? command;
    }
  }
  const last = words.at(-1) ?? "";
  const { option, value } = optionOf(command, last);
  const joined = !awaited && !onlyOperands && value !== null && option && takesValue(option);
  return {
    ...{ command, operands, given, onlyOperands },
    awaited: joined ? option : awaited,
    before: joined ? last.slice(0, last.length - value.length) : "",
    current: joined ? value : last,
  };
}

/** The option that a word names, and what it has after its `=`. */
function optionOf(
  command: Command,
  word: string,
): { readonly option: Option | undefined; readonly value: string | null } {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  const flag = at < 0 ? word : word.slice(0, at);
  return {
    option: command.options.find(({ short, long }) => flag === short || flag === long),
    value: at < 0 ? null : word.slice(at + 1),
  };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
