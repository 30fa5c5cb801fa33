/** What an option or an argument takes, told by the placeholder that its help shows: `<file>`, `<arm>`, `<name>`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Argument, Option } from "commander";
import { SUITES } from "../../../suites/index.ts";
import { ENGINES } from "../../load/engines/registry.ts";
import { catalogueNames, isFolderPath } from "../../tunings/catalogue.ts";
import { stateFolder } from "../../user-folders.ts";
import { suitesNamedIn } from "../suite-options.ts";
import type { TypedLine } from "./line.ts";

export interface Choice {
  readonly word: string;
  /** One line, or empty. */
  readonly about: string;
}

export interface Choices {
  /** What the shell is to complete with where no word fits. */
  readonly source: "words" | "files" | "folders";
  readonly choices: readonly Choice[];
}

const FILES: Choices = { source: "files", choices: [] };
const FOLDERS: Choices = { source: "folders", choices: [] };
const NOTHING: Choices = { source: "words", choices: [] };

export async function valuesOf(asked: Option | Argument, line: TypedLine): Promise<Choices> {
  if (asked.argChoices) return wordsOf(asked.argChoices);
  const placeholder = asked instanceof Option ? (/[<[]([^>\]]+)[>\]]/.exec(asked.flags)?.[1] ?? "") : asked.name();
  switch (placeholder.replace("...", "")) {
    case "file":
    case "file|dir":
    case "plan":
      return FILES;
    case "dir":
    case "dir|url":
      return FOLDERS;
    case "suite": {
      const left = SUITES.filter(({ name }) => !line.operands.includes(name));
      return { source: "words", choices: left.map(({ name, question }) => ({ word: name, about: question })) };
    }
    case "arm":
      return listed(armNames(line.operands), line.current, "folders");
    case "names":
      return listed(namesOfSuites(asked), line.current, "words");
    case "name":
      return namesFor(asked, line);
    default:
      return NOTHING;
  }
}

/** What "name" is the name of, is known by the option that takes it. */
async function namesFor(asked: Option | Argument, line: TypedLine): Promise<Choices> {
  if (!(asked instanceof Option)) {
    return line.command.name() === "tunings" ? listed(catalogueNames(), line.current, "folders") : NOTHING;
  }
  switch (asked.long) {
    case "--engine":
      return wordsOf(ENGINES.map(({ name }) => name));
    case "--lab":
    case "--name":
      return wordsOf(labNames());
    case "--context": {
      const file = [...line.given].find(([option]) => option.long === "--kubeconfig")?.[1];
      // Late: it brings YAML with it, which other words need not wait for.
      const { contextNames } = await import("./contexts.ts");
      return wordsOf(contextNames(file ?? undefined));
    }
    default:
      return NOTHING;
  }
}

/** Of several names with commas between them the last is completed; a path is completed as one. */
function listed(names: readonly string[], current: string, otherwise: Choices["source"]): Choices {
  const before = current.slice(0, current.lastIndexOf(",") + 1);
  if (otherwise === "folders" && isFolderPath(current.slice(before.length))) return FOLDERS;
  const there = before.split(",");
  return wordsOf(names.filter((name) => !there.includes(name)).map((name) => before + name));
}

/** Arms of the suites that are named, or of all, and tunings. */
function armNames(operands: readonly string[]): string[] {
  const named = suitesNamedIn(SUITES, operands);
  const arms = (named.length > 0 ? named : SUITES).flatMap((suite) => Object.keys(suite.arms));
  return [...new Set([...arms, ...catalogueNames()])];
}

function namesOfSuites({ flags }: Option | (Argument & { readonly flags?: never })): string[] {
  const options = SUITES.flatMap((suite) => Object.values(suite.options));
  return [...new Set(options.filter((option) => option.flags === flags).flatMap(({ names = [] }) => names))];
}

function labNames(): string[] {
  try {
    return readdirSync(join(stateFolder(), "labs"));
  } catch {
    return []; // there was none yet
  }
}

function wordsOf(words: readonly string[]): Choices {
  return { source: "words", choices: words.map((word) => ({ word, about: "" })) };
}
