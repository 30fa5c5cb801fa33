import { readFileSync } from "node:fs";
import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { reasonOf, UsageError } from "./errors.ts";

/** Keys and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** A YAML file that remembers where in it each value stands. */
export interface YamlFile {
  readonly text: string;
  readonly value: unknown;
  /** The line of a field, or of what it would be part of. */
  line(path: Path): number;
  /** For a field that is there or would be: the sentence begins with file, line and field. */
  fault(path: Path, sentence: string): UsageError;
}

/** Aliases that multiply each other would fill the memory. */
const MOST_ALIASES = 10;

/**
 * @param named what its faults call it
 * @throws UsageError naming file and line
 */
export function readYamlFile(file: string, named: string): YamlFile {
  return yamlFile(readText(file, named), named);
}

/**
 * The same of a text that was read already.
 * @throws UsageError naming file and line
 */
export function yamlFile(text: string, named: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new UsageError(`${named}:${lines.linePos(error.pos[0]).line}: is not YAML: ${reasonOf(error)}`);
  const lineOf = (path: Path): number => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? 1 : lines.linePos(offset).line;
  };
  return {
    text,
    value: contentOf(document, named),
    line: lineOf,
    fault: (path, sentence) =>
      new UsageError(`${named}:${lineOf(path)}: ${path.length === 0 ? "" : `${path.join(".")}: `}${sentence}`),
  };
}

function contentOf(document: Document, named: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new UsageError(`${named}:1: is not YAML that is taken here: ${reasonOf(error)}`);
  }
}

function readText(file: string, named: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${named} can't be read: ${reasonOf(error)}`);
  }
}

/** Of a field that is there its key, else the key of what it would be part of, else of the first field there is. */
function offsetOf(contents: unknown, path: Path): number | undefined {
  let node: unknown = contents;
  let found = startOf(contents);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) return found;
      found = startOf(pair.key) ?? found;
      node = pair.value;
    } else if (hasItems(node)) {
      node = node.items[Number(step)];
      found = startOf(node) ?? found;
    } else return found;
  }
  return found;
}

function hasItems(node: unknown): node is { readonly items: readonly unknown[] } {
  return typeof node === "object" && node !== null && "items" in node && Array.isArray(node.items);
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start] = node.range;
  return typeof start === "number" ? start : undefined;
}
